import Answering
import ClusterModel
import ClusterZone
import DNSTesting

/// A registry made of whatever objects an input gave, compiled as a server would.
enum FuzzRegistry {
    /// With all that a zone can be made of.
    static func definition() throws -> RegistryDefinition {
        let options = "pods verified\nendpoint_pod_names"
        guard let first = try TestServer.configuration(TestServer.cluster(options)).registries.first else {
            throw Broken("a configuration without a registry")
        }
        return first
    }

    static func zone(_ definition: RegistryDefinition, _ objects: [ClusterObject] = []) -> ClusterZone {
        var store = ClusterStore()
        _ = store.apply(objects.map { .upserted($0) })
        return ClusterZone(
            options: definition.options, serial: 7, snapshot: store.snapshot, filter: definition.filter)
    }
}
