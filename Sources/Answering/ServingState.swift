package import ClusterZone

/// Everything an answer depends on, immutable: workers hold one while they answer and take the next between batches.
package final class ServingState: Sendable {
    /// Rises by one with every state published.
    package let generation: UInt64
    package let configuration: ServerConfiguration
    /// By the index of `configuration.registries`.
    package let zones: [ClusterZone]
    /// By the index of `configuration.registries`; empty where nothing is transferred.
    let journals: [ClusterJournals]
    /// By the index of `configuration.hosts`.
    package let hosts: [HostsTable]
    /// By the index of `configuration.forwards`.
    package let forwards: [ForwardGroup]
    /// By the index of `configuration.zoneSets`.
    package let zoneSets: [ZoneSet]
    /// Where the word of primaries goes.
    package let notifies: NotifyInbox

    /// Groups that are not given are made anew, and sets of zones have none of theirs.
    package init(
        generation: UInt64, configuration: ServerConfiguration, zones: [ClusterZone],
        journals: [ClusterJournals] = [], hosts: [HostsTable],
        forwards: [ForwardGroup]? = nil, zoneSets: [ZoneSet]? = nil,
        notifies: NotifyInbox = NotifyInbox()
    ) {
        let zoneSets = zoneSets ?? configuration.zoneSets.map { ZoneSet(apexes: $0.zones) }
        let forwards = forwards ?? configuration.forwards.map { ForwardGroup($0) }
        precondition(zones.count == configuration.registries.count, "every registry has its zone")
        precondition(hosts.count == configuration.hosts.count, "every hosts directive has its table")
        precondition(forwards.count == configuration.forwards.count, "every forward directive has its group")
        precondition(zoneSets.count == configuration.zoneSets.count, "every directive with zones has its set")
        self.generation = generation
        self.configuration = configuration
        self.zones = zones
        self.journals = journals
        self.hosts = hosts
        self.forwards = forwards
        self.zoneSets = zoneSets
        self.notifies = notifies
    }

    /// Whether every registry has been complete once, and every file with zones looked at: what /ready says.
    package var isReady: Bool { zones.allSatisfy(\.isComplete) && zoneSets.allSatisfy(\.wasTried) }
}
