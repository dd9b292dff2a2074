import Answering
import ClusterFeed
import ClusterModel
import ClusterZone
import Glibc

/// A registry as a command sees it: everything read once, and nothing written.
struct LoadedRegistry {
    let choice: RegistryChoice
    let snapshot: ClusterSnapshot
    /// What is wrong in the manifests and the registry file, in path order; or in the API's answers.
    let findings: [Finding]
    /// False where the directory of manifests is not there.
    let isPresent: Bool
    /// Kinds that the API server does not let us read; the API gives no workloads in any case.
    let unread: Set<ObjectKind>
    /// Those of the configuration's registries that are read from an API, by their place.
    private let snapshots: [Int: ClusterSnapshot]

    /// Reads a directory of manifests.
    init(_ choice: RegistryChoice, snapshots: [Int: ClusterSnapshot] = [:]) {
        let update = Self.load(choice.definition)
        self.init(
            choice, snapshot: update?.snapshot ?? ClusterSnapshot(), findings: update?.findings ?? [],
            isPresent: update?.isRootPresent ?? false, unread: [], snapshots: snapshots)
    }

    init(
        _ choice: RegistryChoice, snapshot: ClusterSnapshot, findings: [Finding], isPresent: Bool = true,
        unread: Set<ObjectKind>, snapshots: [Int: ClusterSnapshot]
    ) {
        self.choice = choice
        self.snapshot = snapshot
        self.findings = findings
        self.isPresent = isPresent
        self.unread = unread
        self.snapshots = snapshots
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
            index == choice.index
                ? zone : Self.zone(other, snapshots[index] ?? Self.load(other)?.snapshot ?? ClusterSnapshot())
        }
        let hosts = configuration.hosts.map { definition in
            var list = HostsList(definition)
            if let file = definition.file {
                list.append(
                    file: (try? DiskCorefileLoader().contents(of: file, limit: HostsList.fileOctetCountMax)) ?? [])
            }
            return HostsTable(list, definition: definition)
        }
        let zoneSets = configuration.zoneSets.map { definition in
            var source = ZoneFileSource(definition)
            _ = source.look()
            return source.set
        }
        return ServingState(
            generation: 1, configuration: configuration, zones: zones, hosts: hosts, zoneSets: zoneSets)
    }

    /// nil for a registry that is not made from manifests.
    private static func load(_ definition: RegistryDefinition) -> FeedUpdate? {
        guard let source = definition.source.manifests else { return nil }
        let (assignments, fileFindings) =
            source.stateFile.map { RegistryFile.assignments(path: $0) } ?? ([:], [])
        let configuration = ManifestFeed.Configuration(
            root: source.directory, serviceRanges: source.serviceRanges, assignments: assignments)
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
