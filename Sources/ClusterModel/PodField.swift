import NetworkAddress

/// The fields of a Pod that `fieldRef` may put into a variable.
///
/// Source: k8s.io/kubernetes, pkg/kubelet/kubelet_pods.go and the paths pkg/apis/core/validation allows for `env`.
enum PodField {
    /// The value at `path`; empty where the Pod has none; throws for a path that is not allowed.
    static func value(of path: String, in pod: Pod) throws(EnvironmentError) -> String {
        if let (field, key) = subscripted(path) {
            switch field {
            case "metadata.labels" where LabelSyntax.isKey(key): return pod.metadata.labels[key] ?? ""
            // An annotation's prefix may hold capitals.
            case "metadata.annotations" where LabelSyntax.isKey(key.lowercased()):
                return pod.metadata.annotations[key] ?? ""
            default: throw .badField(path, pod)
            }
        }
        switch path {
        case "metadata.name": return pod.metadata.name
        case "metadata.namespace": return pod.metadata.namespace
        case "metadata.uid": return pod.metadata.uid
        case "spec.nodeName": return pod.nodeName
        case "spec.serviceAccountName": return pod.serviceAccountName
        case "status.podIP": return pod.podIPs.first?.description ?? ""
        case "status.podIPs": return list(pod.podIPs)
        case "status.hostIP": return pod.hostIPs.first?.description ?? ""
        case "status.hostIPs": return list(pod.hostIPs)
        default: throw .badField(path, pod)
        }
    }

    private static func list(_ addresses: [IPAddress]) -> String {
        addresses.map(\.description).joined(separator: ",")
    }

    /// `field['key']` cut in two; nil for a path of another form.
    private static func subscripted(_ path: String) -> (field: String, key: String)? {
        guard path.hasSuffix("']") else { return nil }
        let inner = path.dropLast(2)
        guard let open = inner.firstIndex(of: "["), open > inner.startIndex else { return nil }
        let quote = inner.index(after: open)
        guard quote < inner.endIndex, inner[quote] == "'" else { return nil }
        return (String(inner[..<open]), String(inner[inner.index(after: quote)...]))
    }
}
