import Answering
import ClusterModel

extension LoadedRegistry {
    /// Reads a registry where its definition says: a directory of manifests whole, of a Kubernetes API what is needed.
    ///
    /// Throws where a server does not answer, or forbids what the command cannot do without.
    static func load(_ choice: RegistryChoice, _ needs: RegistryNeeds) async throws(CommandFailure) -> LoadedRegistry {
        let snapshots = needs.includesOthers ? try await otherSnapshots(than: choice) : [:]
        return try await load(choice, snapshots) { reader throws(CommandFailure) in try await reader.read(needs) }
    }

    /// As `load`, with what one `env` needs.
    static func load(_ choice: RegistryChoice, _ request: EnvRequest) async throws(CommandFailure) -> LoadedRegistry {
        try await load(choice, [:]) { reader throws(CommandFailure) in try await reader.read(request) }
    }

    private static func load(
        _ choice: RegistryChoice, _ snapshots: [Int: ClusterSnapshot],
        _ read: (inout APIRegistryReader) async throws(CommandFailure) -> Void
    ) async throws(CommandFailure) -> LoadedRegistry {
        guard let source = choice.definition.source.api else { return LoadedRegistry(choice, snapshots: snapshots) }
        return try await source.withClient { client throws(CommandFailure) in
            var reader = APIRegistryReader(client, source)
            try await read(&reader)
            return LoadedRegistry(choice, reader, snapshots)
        }
    }

    init(_ choice: RegistryChoice, _ reader: APIRegistryReader, _ snapshots: [Int: ClusterSnapshot] = [:]) {
        self.init(
            choice, snapshot: reader.store.snapshot, findings: reader.findings, unread: reader.unread,
            snapshots: snapshots)
    }

    /// The registries of the configuration, except the chosen one, that are read from an API.
    private static func otherSnapshots(
        than choice: RegistryChoice
    ) async throws(CommandFailure) -> [Int: ClusterSnapshot] {
        var snapshots: [Int: ClusterSnapshot] = [:]
        for (index, definition) in choice.configuration.registries.enumerated() where index != choice.index {
            guard let source = definition.source.api else { continue }
            snapshots[index] = try await source.withClient { client throws(CommandFailure) in
                var reader = APIRegistryReader(client, source)
                try await reader.read(.zone(definition))
                return reader.store.snapshot
            }
        }
        return snapshots
    }
}
