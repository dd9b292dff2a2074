import ClusterModel

/// Warnings about objects that are valid, or nearly, and still will not do what their author expects.
enum ObjectAdvice {
    static func findings(about object: ClusterObject) -> [Finding] {
        switch object {
        case .service(let service): advice(service).map { finding(service.metadata, "Service \(service.key)", $0) }
        case .pod(let pod): advice(pod).map { finding(pod.metadata, "Pod \(pod.key)", $0) }
        case .endpointSlice(let slice):
            advice(slice).map { finding(slice.metadata, "EndpointSlice \(slice.key)", $0) }
        case .namespace, .configMap, .secret, .workload, .serviceImport: []
        }
    }

    private static func advice(_ service: Service) -> [String] {
        var advice: [String] = []
        if service.ports.count > 1, service.ports.contains(where: \.name.isEmpty) {
            advice.append("has several ports and one without a name, so it has no SRV record; name every port")
        }
        if service.ports.isEmpty, !service.isHeadless, service.type != .externalName {
            advice.append("has no ports, so it has no SRV record and no environment variables; add spec.ports")
        }
        return advice
    }

    private static func advice(_ pod: Pod) -> [String] {
        guard !pod.podIPs.isEmpty, !pod.isReady, pod.phase == .pending else { return [] }
        return [
            "has an address and neither phase Running nor condition Ready, so it is no ready endpoint; "
                + "add status.phase: Running and status.conditions: [{type: Ready, status: \"True\"}]"
        ]
    }

    private static func advice(_ slice: EndpointSlice) -> [String] {
        if slice.service != nil { return [] }
        return ["belongs to no Service; add the label \(EndpointSlice.serviceNameLabel)"]
    }

    private static func finding(_ metadata: ObjectMetadata, _ object: String, _ advice: String) -> Finding {
        Finding(
            .warning, file: metadata.source?.file ?? "", line: metadata.source?.line, message: "\(object) \(advice)")
    }
}
