package import ClusterZone

/// Everything an answer depends on, immutable: workers hold one while they answer and take the next between batches.
package final class ServingState: Sendable {
    /// Rises by one with every state published.
    package let generation: UInt64
    package let configuration: ServerConfiguration
    /// By the index of `configuration.registries`.
    package let zones: [ClusterZone]
    /// By the index of `configuration.hosts`.
    package let hosts: [HostsTable]
    /// By the index of `configuration.forwards`.
    package let forwards: [ForwardGroup]

    /// Groups that are not given are made anew.
    package init(
        generation: UInt64, configuration: ServerConfiguration, zones: [ClusterZone], hosts: [HostsTable],
        forwards: [ForwardGroup]? = nil
    ) {
        let forwards = forwards ?? configuration.forwards.map { ForwardGroup($0) }
        precondition(zones.count == configuration.registries.count, "every registry has its zone")
        precondition(hosts.count == configuration.hosts.count, "every hosts directive has its table")
        precondition(forwards.count == configuration.forwards.count, "every forward directive has its group")
        self.generation = generation
        self.configuration = configuration
        self.zones = zones
        self.hosts = hosts
        self.forwards = forwards
    }

    /// Whether every registry has been complete once: what /ready says.
    package var isReady: Bool { zones.allSatisfy(\.isComplete) }
}
