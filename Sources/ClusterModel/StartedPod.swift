/// What a Pod was told when it started: variables are fixed then, later Services do not show in it.
package struct StartedPod: Hashable, Sendable {
    /// Seconds since 1970-01-01 UTC: the Pod's start, else its creation; nil where neither is known.
    package let time: Int64?

    package init(_ pod: Pod) { time = pod.startTime ?? pod.metadata.creationTime }

    /// Cuts `services` into those the Pod knows and those created after it started.
    ///
    /// A Service without a creation time counts as there before; so does every Service where the Pod's time is
    /// unknown. A Service made in the same second is known.
    package func partition(_ services: [Service]) -> (known: [Service], missed: [Service]) {
        guard let time else { return (services, []) }
        let isMissed = { (service: Service) in service.metadata.creationTime.map { $0 > time } ?? false }
        return (services.filter { !isMissed($0) }, services.filter(isMissed))
    }

    /// What to tell the operator about a Service the Pod missed.
    package static func finding(_ service: Service, missedBy pod: Pod) -> RegistryFinding {
        let remedy =
            pod.controller.isEmpty
            ? "recreate the Pod: delete it and apply its manifest again"
            : "recreate the Pod: delete it, and \(pod.controller) makes a new one"
        return RegistryFinding(
            reason: .serviceCreatedLater, object: service.key, source: service.metadata.source,
            message: "Service \(service.key) was created after Pod \(pod.key) started, so the Pod has no variables "
                + "for it; \(remedy), or use the DNS name")
    }
}
