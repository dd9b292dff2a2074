/// Makes large registries: Services with an address each, and slices of endpoints that belong to the first of them.
package struct Generator: Sendable {
    package var serviceCount = 0
    /// Of the Services, so many have `clusterIP: None`; they come first, so the slices are theirs.
    package var headlessCount = 0
    package var sliceCount = 0
    package var endpointCount = 0
    package var namespaceCount = 10

    /// Reads `services=10000,slices=1000,endpoints=100,headless=500,namespaces=10`; endpoints are for each slice.
    package init(_ text: String) throws(UnreadableText) {
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let count = Int(pair[1]), (0...1_000_000).contains(count) else {
                throw UnreadableText(
                    description: "\"\(part)\" is no count: write services=10000,slices=1000,endpoints=100")
            }
            switch pair[0] {
            case "services": serviceCount = count
            case "headless": headlessCount = count
            case "slices": sliceCount = count
            case "endpoints": endpointCount = count
            case "namespaces": namespaceCount = max(1, count)
            default:
                let choice = "there are services, headless, slices, endpoints and namespaces"
                throw UnreadableText(description: "\"\(pair[0])\" cannot be generated: \(choice)")
            }
        }
    }

    /// The objects, Namespaces first.
    package func objects() -> [JSONValue] {
        (0..<namespaceCount).map(namespace) + (0..<serviceCount).map(service) + (0..<sliceCount).map(slice)
    }

    private static let created = JSONValue.string("2025-01-01T00:00:00Z")

    private func namespace(_ index: Int) -> JSONValue {
        [
            "kind": "Namespace", "apiVersion": "v1",
            "metadata": [
                "name": .string("ns-\(index)"), "uid": .string(uid(1, index)), "creationTimestamp": Self.created,
                "labels": ["kubernetes.io/metadata.name": .string("ns-\(index)")],
            ],
            "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
        ]
    }

    private func service(_ index: Int) -> JSONValue {
        let address = index < headlessCount ? "None" : "10.\(96 + index >> 16).\(index >> 8 & 0xFF).\(index & 0xFF)"
        return [
            "kind": "Service", "apiVersion": "v1",
            "metadata": [
                "name": .string("svc-\(index)"), "namespace": .string("ns-\(index % namespaceCount)"),
                "uid": .string(uid(2, index)), "creationTimestamp": Self.created,
                "labels": ["app": .string("app-\(index)")],
            ],
            "spec": [
                "type": "ClusterIP", "clusterIP": .string(address), "clusterIPs": [.string(address)],
                "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None",
                "internalTrafficPolicy": "Cluster", "selector": ["app": .string("app-\(index)")],
                "ports": [["name": "http", "protocol": "TCP", "port": 80, "targetPort": 8080]],
            ],
            "status": ["loadBalancer": [:]],
        ]
    }

    private func slice(_ index: Int) -> JSONValue {
        let service = serviceCount > 0 ? index % serviceCount : index
        let name = "svc-\(service)"
        return [
            "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
            "metadata": [
                "name": .string("\(name)-\(index)"), "namespace": .string("ns-\(service % namespaceCount)"),
                "uid": .string(uid(3, index)), "creationTimestamp": Self.created, "generation": 1,
                "labels": [
                    "kubernetes.io/service-name": .string(name), "app": .string("app-\(service)"),
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                ],
            ],
            "endpoints": .array((0..<endpointCount).map { endpoint(index * endpointCount + $0, service) }),
            "ports": [["name": "http", "protocol": "TCP", "port": 8080]],
        ]
    }

    private func endpoint(_ index: Int, _ service: Int) -> JSONValue {
        [
            "addresses": [.string("10.\(128 + index >> 16 & 0x7F).\(index >> 8 & 0xFF).\(index & 0xFF)")],
            "conditions": ["ready": true, "serving": true, "terminating": false],
            "nodeName": .string("node-\(index % 100)"),
            "targetRef": [
                "kind": "Pod", "name": .string("pod-\(index)"), "namespace": .string("ns-\(service % namespaceCount)"),
                "uid": .string(uid(4, index)),
            ],
        ]
    }

    /// Looks like a uid, and is another for each object.
    private func uid(_ kind: Int, _ index: Int) -> String {
        let digits = String(index, radix: 16)
        return "\(kind)0000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
