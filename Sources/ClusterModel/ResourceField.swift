/// The limits and requests that `resourceFieldRef` may put into a variable.
///
/// Source: k8s.io/kubernetes, pkg/api/v1/resource/helpers.go. CPU is counted in thousandths of the divisor, all
/// else in units of it, and what is left over counts as one more.
enum ResourceField {
    /// The value; nil for a limit the Pod does not set: kubelet takes the node's capacity, unknown here.
    static func value(
        of resource: String, container: Container, divisor text: String, in pod: Pod
    ) throws(EnvironmentError) -> String? {
        let parts = resource.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, isKnown(parts[1]), let divisor = divisor(text, for: parts[1]) else {
            throw EnvironmentError(
                .badResource, pod,
                "Pod \(pod.key): resourceFieldRef \"\(resource)\" with divisor \"\(text)\" is not supported; use "
                    + "limits or requests of cpu (divisor 1 or 1m), memory, ephemeral-storage or hugepages-SIZE "
                    + "(divisor 1, or 1 with k M G T P E Ki Mi Gi Ti Pi Ei)")
        }
        guard let written = try written(parts[0], parts[1], container, resource, pod) else {
            return parts[0] == "limits" && !parts[1].hasPrefix("hugepages-") ? nil : "0"
        }
        guard let quantity = ResourceQuantity(written) else {
            throw EnvironmentError(
                .badQuantity, pod,
                "Pod \(pod.key): \(resource) of container \(container.name) is \"\(written)\", not a quantity; write "
                    + "it like 500m, 2 or 128Mi")
        }
        if parts[0] == "limits", quantity.isZero, !parts[1].hasPrefix("hugepages-") { return nil }
        let isCPU = parts[1] == "cpu"
        let (amount, unit) =
            isCPU ? (quantity.milliValue, divisor.milliValue) : (quantity.value, divisor.value)
        return "\(amount / unit + (amount % unit == 0 ? 0 : 1))"
    }

    /// The quantity as written; a request left out is the limit, as the API server fills it in.
    private static func written(
        _ kind: String, _ name: String, _ container: Container, _ resource: String, _ pod: Pod
    ) throws(EnvironmentError) -> String? {
        switch kind {
        case "limits": return container.limits[name]
        case "requests": return container.requests[name] ?? container.limits[name]
        default:
            throw EnvironmentError(
                .badResource, pod,
                "Pod \(pod.key): resourceFieldRef \"\(resource)\" starts with neither limits. nor requests.; use one")
        }
    }

    private static func isKnown(_ name: String) -> Bool {
        ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-")
    }

    /// The divisors the API server allows (pkg/apis/core/validation); empty and 0 mean 1.
    private static func divisor(_ text: String, for name: String) -> ResourceQuantity? {
        let text = text.isEmpty || text == "0" ? "1" : text
        let suffixes =
            name == "cpu" ? ["", "m"] : ["", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        return suffixes.contains { text == "1\($0)" } ? ResourceQuantity(text) : nil
    }
}
