import ClusterModel
import NetworkAddress

/// Reads a `Pod` (v1): what endpoints, the environment and `get` need of it.
struct PodReader {
    private static let phases: [PodPhase] = [.pending, .running, .succeeded, .failed, .unknown]

    var metadata: MetadataReader

    func pod(_ object: ManifestValue) throws(FieldError) -> Pod {
        var pod = Pod(metadata: try metadata.metadata(of: object), phase: .pending, isReady: false)
        pod.controller = try object.controllingOwner()
        if let spec = try object.member("spec") { try read(spec: spec, &pod) }
        if let status = try object.member("status") { try read(status: status, &pod) }
        return pod
    }

    private func read(spec: ManifestValue, _ pod: inout Pod) throws(FieldError) {
        pod.hostname = try spec.optionalLabel("hostname")
        pod.subdomain = try spec.optionalLabel("subdomain")
        pod.nodeName = try spec.string("nodeName") ?? ""
        pod.serviceAccountName = try spec.string("serviceAccountName") ?? "default"
        pod.enableServiceLinks = try spec.bool("enableServiceLinks") ?? true
        pod.containers = try ContainerReader.containers(of: spec)
    }

    private func read(status: ManifestValue, _ pod: inout Pod) throws(FieldError) {
        pod.phase = try status.member("phase")?.choice(of: Self.phases) ?? .pending
        pod.podIPs = try status.addresses(list: "podIPs", single: "podIP")
        pod.hostIPs = try status.addresses(list: "hostIPs", single: "hostIP")
        pod.startTime = try status.member("startTime")?.timestamp()
        for condition in try status.elements("conditions") where try condition.string("type") == "Ready" {
            pod.isReady = try condition.string("status") == "True"
        }
        for container in try status.elements("containerStatuses") {
            if try container.bool("ready") == true { pod.readyContainers += 1 }
            let restarts = try container.integer("restartCount") ?? 0
            pod.restarts = pod.restarts.addingReportingOverflow(restarts).partialValue
        }
    }
}

extension ManifestValue {
    fileprivate func optionalLabel(_ key: String) throws(FieldError) -> String {
        guard let value = try member(key), try value.string() != "" else { return "" }
        return try value.label()
    }

    /// `podIPs: [{ip: …}]`, or `podIP` alone; a slot without an address yet is skipped.
    fileprivate func addresses(list: String, single: String) throws(FieldError) -> [IPAddress] {
        var values: [ManifestValue] = []
        for element in try elements(list) { if let address = try element.member("ip") { values.append(address) } }
        if values.isEmpty, let address = try member(single) { values = [address] }
        var addresses: [IPAddress] = []
        for value in values where try value.string() != "" { addresses.append(try value.address()) }
        return addresses
    }
}
