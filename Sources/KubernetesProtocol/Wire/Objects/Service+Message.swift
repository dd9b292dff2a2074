import ClusterModel
import NetworkAddress

extension Service {
    private static let types: [ServiceType] = [.clusterIP, .nodePort, .loadBalancer, .externalName]
    private static let policies: [IPFamilyPolicy] = [.singleStack, .preferDualStack, .requireDualStack]

    /// Reads a `Service` (v1) by the API server's rules (pkg/apis/core/validation, `ValidateService`).
    init(_ input: ObjectInput, _ metadata: ObjectMetadata, keeping: KeptFields) throws(FieldError) {
        self.init(metadata: metadata)
        let message = try input.message(WireService.self)
        var spec = message.spec
        if input.encoding == .json { try spec.take(input.message(WireTargetPorts.self).spec) }
        type = try FieldRules.choice(spec.type, "spec.type", of: Self.types, empty: .clusterIP)
        publishNotReadyAddresses = spec.publishNotReadyAddresses
        ipFamilies = try Self.families(spec.ipFamilies)
        if !spec.ipFamilyPolicy.isEmpty {
            ipFamilyPolicy = try FieldRules.choice(
                spec.ipFamilyPolicy, "spec.ipFamilyPolicy", of: Self.policies, empty: .singleStack)
        }
        ports = try ServicePort.list(spec.ports)
        try readAddresses(spec)
        if type == .externalName { try readExternalName(spec) }
        if keeping.contains(.labels) { selector = try input.message(WireSelectingService.self).spec.selector }
        guard keeping.contains(.outsideAddresses) else { return }
        do throws(FieldError) { try readOutsideAddresses(message) } catch {
            // The names inside the cluster do not go for an address outside it.
            if keeping.contains(.details) { throw error }
        }
    }

    private static func families(_ texts: [String]) throws(FieldError) -> [IPFamily] {
        var families: [IPFamily] = []
        for (index, text) in texts.enumerated() {
            guard let family = IPFamily(rawValue: text) else {
                throw FieldError("spec.ipFamilies[\(index)]", "\(text.quoted) is not known; choose IPv4 or IPv6")
            }
            if families.contains(family) {
                throw FieldError("spec.ipFamilies[\(index)]", "repeats \(text); name a family once")
            }
            families.append(family)
        }
        return families
    }

    /// `clusterIP` and `clusterIPs`: `None`, nothing, or addresses; text that is neither is refused.
    private mutating func readAddresses(_ spec: WireServiceSpec) throws(FieldError) {
        let single = spec.clusterIp
        let texts = spec.clusterIps.isEmpty && !single.isEmpty ? [single] : spec.clusterIps
        guard let first = texts.first else { return }
        if !single.isEmpty, first != single {
            throw FieldError("spec.clusterIP", "differs from clusterIPs[0]; write the same value in both")
        }
        if type == .externalName {
            throw FieldError("spec.clusterIP", "is set on an ExternalName Service; remove it, or change the type")
        }
        if first == "None" {
            isHeadless = true
            guard texts.count == 1 else {
                throw FieldError("spec.clusterIPs", "has None beside an address; keep one of the two")
            }
            return
        }
        for text in texts { try add(text) }
        // There is only one way to write an IPv4 address.
        if let primary = clusterIPs.first, primary.family == .ipv6, primary.description != first {
            verbatimClusterIP = first
        }
    }

    private mutating func add(_ text: String) throws(FieldError) {
        let address = try FieldRules.address(text, clusterIPs.isEmpty ? "spec.clusterIP" : "spec.clusterIPs[1]")
        if clusterIPs.contains(where: { $0.family == address.family }) {
            throw FieldError(
                "spec.clusterIPs", "has a second \(address.family.rawValue) address; keep one of each family")
        }
        clusterIPs.append(address)
    }

    private mutating func readExternalName(_ spec: WireServiceSpec) throws(FieldError) {
        guard !spec.externalName.isEmpty else {
            throw FieldError("spec", "has type ExternalName and no externalName; add the host name it stands for")
        }
        externalName = try FieldRules.hostName(spec.externalName, "spec.externalName")
    }

    private mutating func readOutsideAddresses(_ message: WireService) throws(FieldError) {
        for (index, text) in message.spec.externalIps.enumerated() {
            externalIPs.append(try FieldRules.address(text, "spec.externalIPs[\(index)]").description)
        }
        for (index, ingress) in message.status.loadBalancer.ingress.enumerated() {
            if !ingress.ip.isEmpty {
                let path = "status.loadBalancer.ingress[\(index)].ip"
                loadBalancerIngress.append(try FieldRules.address(ingress.ip, path).description)
            } else if !ingress.hostname.isEmpty {
                loadBalancerIngress.append(ingress.hostname)
            }
        }
    }
}
