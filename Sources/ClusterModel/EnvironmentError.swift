/// Why kubelet would refuse to start the container.
package struct EnvironmentError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Hashable, Sendable {
        case noConfigMap, noSecret, noKey, badField, badResource, badQuantity, noContainer
    }

    package var reason: Reason
    /// The Pod whose environment was asked for.
    package var pod: ObjectKey
    /// Where a manifest defines the Pod.
    package var source: SourceLocation?
    /// One sentence that names the object, key or path and the remedy.
    package var message: String

    package var description: String { source.map { "\($0): \(message)" } ?? message }
}

extension EnvironmentError {
    init(_ reason: Reason, _ pod: Pod, _ message: String) {
        self.init(reason: reason, pod: pod.key, source: pod.metadata.source, message: message)
    }

    static func noObject(_ reason: Reason, _ kind: String, _ key: ObjectKey, _ pod: Pod) -> EnvironmentError {
        EnvironmentError(
            reason, pod,
            "Pod \(pod.key) needs \(kind) \(key), which is not there; create it, or mark the reference optional")
    }

    static func noKey(_ kind: String, _ object: ObjectKey, _ key: String, _ pod: Pod) -> EnvironmentError {
        EnvironmentError(
            .noKey, pod,
            "Pod \(pod.key) needs key \"\(key)\" of \(kind) \(object), which has no such key; add it, or mark the "
                + "reference optional")
    }

    static func badField(_ path: String, _ pod: Pod) -> EnvironmentError {
        EnvironmentError(
            .badField, pod,
            "Pod \(pod.key): fieldRef \"\(path)\" cannot be a variable; use metadata.name, metadata.namespace, "
                + "metadata.uid, metadata.labels['KEY'], metadata.annotations['KEY'], spec.nodeName, "
                + "spec.serviceAccountName, status.podIP, status.podIPs, status.hostIP or status.hostIPs")
    }
}
