/// Which parts of an object are worth their memory; names, addresses, ports and conditions are always kept.
package struct KeptFields: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Labels and selectors; a Namespace's labels and the label that ties a slice to its Service are kept anyway.
    package static let labels = KeptFields(rawValue: 1)
    /// Annotations, uid, times, owners, node names: what `get` shows.
    package static let details = KeptFields(rawValue: 2)
    /// Containers of Pods with their environment: what `env` needs.
    package static let containers = KeptFields(rawValue: 4)
    /// The Pods behind endpoints (`endpoint_pod_names`).
    package static let targets = KeptFields(rawValue: 8)

    /// What Services are reached at from outside the cluster: `externalIPs` and what a load balancer was given.
    package static let outsideAddresses = KeptFields(rawValue: 16)

    package static let everything: KeptFields = [.labels, .details, .containers, .targets, .outsideAddresses]
}
