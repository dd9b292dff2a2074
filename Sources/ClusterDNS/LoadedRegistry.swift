import Answering
import ClusterFeed
import ClusterModel
import ClusterZone
import Glibc

/// A registry as a command sees it: everything read once, and nothing written.
struct LoadedRegistry {
    let choice: RegistryChoice
    let snapshot: ClusterSnapshot
    /// What is wrong in the manifests and the registry file, in path order.
    let findings: [Finding]
    /// False where the directory of manifests is not there.
    let isPresent: Bool

    init(_ choice: RegistryChoice) {
        self.choice = choice
        let update = Self.load(choice.definition)
        snapshot = update.snapshot
        findings = update.findings
        isPresent = update.isRootPresent
    }

    var configuration: ServerConfiguration { choice.configuration }
    var definition: RegistryDefinition { choice.definition }

    /// The cluster zone of the registry.
    var zone: ClusterZone { Self.zone(definition, snapshot) }

    /// Everything the server would answer from; the other registries of the configuration are read too.
    ///
    /// A `hosts` file that cannot be read is empty here; `check` reports it.
    func makeState() -> ServingState {
        let zones = configuration.registries.enumerated().map { index, other in
            index == choice.index ? zone : Self.zone(other, Self.load(other).snapshot)
        }
        let hosts = configuration.hosts.map { definition in
            let octets = definition.file.flatMap {
                try? DiskCorefileLoader().contents(of: $0, limit: Self.hostsOctetsMax)
            }
            let entries = HostsEntry.parse(String(decoding: octets ?? [], as: UTF8.self))
            return HostsTable(definition.inline + entries, definition: definition)
        }
        return ServingState(generation: 1, configuration: configuration, zones: zones, hosts: hosts)
    }

    private static let hostsOctetsMax = 64 << 20

    private static func load(_ definition: RegistryDefinition) -> FeedUpdate {
        let (assignments, fileFindings) =
            definition.source.stateFile.map { RegistryFile.assignments(path: $0) } ?? ([:], [])
        let configuration = ManifestFeed.Configuration(
            root: definition.source.manifests, serviceRanges: definition.source.serviceRanges, assignments: assignments)
        var update = ManifestFeed(configuration).load()
        update.findings = (update.findings + fileFindings).sorted()
        return update
    }

    /// The serial of a server that started now.
    private static func zone(_ definition: RegistryDefinition, _ snapshot: ClusterSnapshot) -> ClusterZone {
        ClusterZone(
            options: definition.options, serial: UInt32(truncatingIfNeeded: WallClock.now), snapshot: snapshot,
            filter: definition.filter)
    }
}

/// The time of day.
enum WallClock {
    /// Seconds since 1970-01-01 UTC.
    static var now: Int64 { Int64(time(nil)) }
}
