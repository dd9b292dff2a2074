import Foundation

extension ServerState {
    /// Fills in what kube-apiserver fills in when an object is written through the API.
    mutating func complete(_ value: inout JSONValue, _ type: ResourceType, _ name: ObjectName) {
        value["metadata", "name"] = .string(name.name)
        if type.isNamespaced { value["metadata", "namespace"] = .string(name.namespace) }
        if value["metadata"]?["uid"] == nil { value["metadata", "uid"] = .string(UUID().uuidString.lowercased()) }
        if value["metadata"]?["creationTimestamp"]?.string == nil {
            value["metadata", "creationTimestamp"] = .string(Timestamp.text(Date()))
        }
        switch type {
        case .services: completeService(&value)
        case .pods: value["status", "phase"] = value["status"]?["phase"] ?? "Pending"
        case .namespaces:
            var labels = value["metadata"]?["labels"] ?? [:]
            labels["kubernetes.io/metadata.name"] = .string(name.name)
            value["metadata", "labels"] = labels
            value["status", "phase"] = value["status"]?["phase"] ?? "Active"
        default: break
        }
    }

    /// Five letters and digits, as behind a `generateName`.
    mutating func nextSuffix() -> String {
        counter += 1
        let text = String(counter, radix: 36)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }

    /// Type, port protocols and, where it is to have one and has none, an address out of 10.96.0.0/12.
    private mutating func completeService(_ value: inout JSONValue) {
        guard value["spec"]?.object != nil else { return }
        value["spec", "type"] = value["spec"]?["type"] ?? "ClusterIP"
        value["spec", "sessionAffinity"] = value["spec"]?["sessionAffinity"] ?? "None"
        value["status"] = value["status"] ?? ["loadBalancer": [:]]
        if let ports = value["spec"]?["ports"]?.array {
            value["spec", "ports"] = .array(ports.map(Self.completedPort))
        }
        guard value["spec"]?["type"] != "ExternalName" else { return }
        if (value["spec"]?["clusterIP"]?.string ?? "").isEmpty {
            counter += 1
            value["spec", "clusterIP"] = .string(
                "10.\(96 + counter >> 16 & 0xF).\(counter >> 8 & 0xFF).\(counter & 0xFF)")
        }
        guard value["spec"]?["clusterIPs"] == nil, let address = value["spec"]?["clusterIP"] else { return }
        value["spec", "clusterIPs"] = [address]
        value["spec", "ipFamilyPolicy"] = value["spec"]?["ipFamilyPolicy"] ?? "SingleStack"
        let isIPv6 = address.string?.contains(":") ?? false
        value["spec", "ipFamilies"] = value["spec"]?["ipFamilies"] ?? [isIPv6 ? "IPv6" : "IPv4"]
    }

    private static func completedPort(_ port: JSONValue) -> JSONValue {
        var port = port
        port["protocol"] = port["protocol"] ?? "TCP"
        port["targetPort"] = port["targetPort"] ?? port["port"]
        return port
    }
}
