import ClusterModel
import KubernetesProtocol
import NetworkAddress

/// Reads a `Service` (v1) with the checks and defaults of the API server (pkg/apis/core/validation, `ValidateService`).
struct ServiceReader {
    private static let types: [ServiceType] = [.clusterIP, .nodePort, .loadBalancer, .externalName]
    private static let policies: [IPFamilyPolicy] = [.singleStack, .preferDualStack, .requireDualStack]

    var metadata: MetadataReader

    func service(_ object: ManifestValue) throws(FieldError) -> Service {
        var service = Service(metadata: try metadata.metadata(of: object, name: .serviceName))
        guard let spec = try object.member("spec") else { return service }
        service.type = try spec.member("type")?.choice(of: Self.types) ?? .clusterIP
        service.selector = try spec.strings("selector")
        service.publishNotReadyAddresses = try spec.bool("publishNotReadyAddresses") ?? false
        service.ipFamilies = try families(spec)
        service.ipFamilyPolicy = try spec.member("ipFamilyPolicy")?.choice(of: Self.policies)
        service.externalIPs = try spec.elements("externalIPs").map { value throws(FieldError) in
            try value.address().description
        }
        service.ports = try ServicePortReader.ports(of: spec)
        try readAddresses(spec, &service)
        try readExternalName(spec, &service)
        service.loadBalancerIngress = try ingress(object)
        return service
    }

    private func families(_ spec: ManifestValue) throws(FieldError) -> [IPFamily] {
        var families: [IPFamily] = []
        for value in try spec.elements("ipFamilies") {
            let family = try value.choice(of: IPFamily.allCases)
            if families.contains(family) { throw FieldError(value, "repeats \(family.rawValue); name a family once") }
            families.append(family)
        }
        return families
    }

    /// `clusterIP` and `clusterIPs`: `None`, nothing, or addresses; text that is neither is refused.
    private func readAddresses(_ spec: ManifestValue, _ service: inout Service) throws(FieldError) {
        let single = try spec.member("clusterIP")
        let written = try single?.string() ?? ""
        let list = try spec.elements("clusterIPs")
        if let single, let first = list.first, !written.isEmpty, try first.string() != written {
            throw FieldError(single, "differs from clusterIPs[0]; write the same value in both, or one of them")
        }
        let values = list.isEmpty ? (written.isEmpty ? [] : [single].compactMap(\.self)) : list
        if let first = values.first, try first.string() == "None" {
            service.isHeadless = true
            guard values.count == 1 else { throw FieldError(first, "is None beside an address; keep one of the two") }
        } else {
            service.clusterIPs = try addresses(values)
        }
        if service.type == .externalName, let first = values.first {
            throw FieldError(first, "is set on an ExternalName Service; remove it, or change the type")
        }
        guard let first = values.first, let primary = service.clusterIPs.first else { return }
        let text = try first.string()
        service.verbatimClusterIP = text == primary.description ? nil : text
    }

    private func addresses(_ values: [ManifestValue]) throws(FieldError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for value in values {
            let address = try value.address()
            if addresses.contains(where: { $0.family == address.family }) {
                throw FieldError(value, "is a second \(address.family.rawValue) address; keep one of each family")
            }
            addresses.append(address)
        }
        return addresses
    }

    private func readExternalName(_ spec: ManifestValue, _ service: inout Service) throws(FieldError) {
        guard service.type == .externalName else { return }
        guard let name = try spec.member("externalName") else {
            throw FieldError(spec, "has type ExternalName and no externalName; add the host name it stands for")
        }
        service.externalName = try name.name("a host name", where: NameRules.isHostName)
    }

    private func ingress(_ object: ManifestValue) throws(FieldError) -> [String] {
        var ingress: [String] = []
        for value in try object.member("status")?.member("loadBalancer")?.elements("ingress") ?? [] {
            if let address = try value.member("ip") {
                ingress.append(try address.address().description)
            } else if let name = try value.string("hostname") {
                ingress.append(name)
            }
        }
        return ingress
    }
}
