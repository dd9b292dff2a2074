import ClusterModel
import NetworkAddress

extension Pod {
    private static let phases: [PodPhase] = [.pending, .running, .succeeded, .failed, .unknown]

    /// Takes the addresses and the state of a Pod: what `pods verified` asks for.
    init(_ message: WirePodAddresses, _ metadata: ObjectMetadata) throws(FieldError) {
        self.init(metadata: metadata, phase: .pending, isReady: false)
        try read(message.status)
    }

    /// Takes a `Pod` (v1); containers only where they are kept.
    init(_ message: WirePod, _ metadata: ObjectMetadata, keeping: KeptFields) throws(FieldError) {
        self.init(metadata: metadata, phase: .pending, isReady: false)
        let spec = message.spec
        if !spec.hostname.isEmpty { hostname = try FieldRules.label(spec.hostname, "spec.hostname") }
        if !spec.subdomain.isEmpty { subdomain = try FieldRules.label(spec.subdomain, "spec.subdomain") }
        nodeName = spec.nodeName
        serviceAccountName = spec.serviceAccountName.isEmpty ? "default" : spec.serviceAccountName
        enableServiceLinks = spec.hasEnableServiceLinks ? spec.enableServiceLinks : true
        if keeping.contains(.containers) { containers = try Container.list(spec) }
        try read(message.status)
    }

    private mutating func read(_ status: WirePodStatus) throws(FieldError) {
        phase = try FieldRules.choice(status.phase, "status.phase", of: Self.phases, empty: .pending)
        podIPs = try Self.addresses(status.podIps, "podIP", single: status.podIp)
        hostIPs = try Self.addresses(status.hostIps, "hostIP", single: status.hostIp)
        startTime = status.startTime.time
        isReady = status.conditions.contains { $0.type == "Ready" && $0.status == "True" }
        readyContainers = status.containerStatuses.count(where: \.ready)
        restarts = status.containerStatuses.reduce(0) { $0.addingReportingOverflow(Int($1.restartCount)).partialValue }
    }

    /// The list, or the single address where the list is empty; a slot without an address yet is skipped.
    private static func addresses(
        _ list: [WirePodIP], _ field: String, single: String
    ) throws(FieldError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for (index, text) in (list.isEmpty ? [single] : list.map(\.ip)).enumerated() where !text.isEmpty {
            let path = list.isEmpty ? "status.\(field)" : "status.\(field)s[\(index)].ip"
            addresses.append(try FieldRules.address(text, path))
        }
        return addresses
    }
}
