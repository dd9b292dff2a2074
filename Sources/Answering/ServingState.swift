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

    package init(generation: UInt64, configuration: ServerConfiguration, zones: [ClusterZone], hosts: [HostsTable]) {
        precondition(zones.count == configuration.registries.count, "every registry has its zone")
        precondition(hosts.count == configuration.hosts.count, "every hosts directive has its table")
        self.generation = generation
        self.configuration = configuration
        self.zones = zones
        self.hosts = hosts
    }

    /// Whether every registry has been complete once: what /ready says.
    package var isReady: Bool { zones.allSatisfy(\.isComplete) }
}
