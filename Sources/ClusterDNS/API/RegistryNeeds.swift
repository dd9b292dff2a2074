import Answering
import ClusterFeed
import KubernetesProtocol

/// What of a registry in the Kubernetes API a command reads; a directory of manifests is always read whole.
struct RegistryNeeds: Hashable, Sendable {
    /// In the order they are read; all fields are kept, whatever they say.
    var resources: [FollowedResource]
    /// Those without which there is nothing to say; the others are left out, and said, where reading them is forbidden.
    var required: Set<APIResource>
    /// Those that the server itself does without.
    var helpful: Set<APIResource> = []
    /// nil: all namespaces.
    var namespace: String?
    /// Whether the other registries of the configuration are needed too.
    var includesOthers = false
    /// Those of which to find out whether they may be watched.
    var watched: Set<APIResource> = []

    init(_ resources: [FollowedResource], required: Set<APIResource>, namespace: String? = nil) {
        self.resources = resources
        self.required = required
        self.namespace = namespace
    }

    /// All that the cluster zone is made from.
    static func zone(_ definition: RegistryDefinition) -> RegistryNeeds {
        RegistryNeeds(definition.source.api?.followedResources ?? [], required: [.services])
    }

    /// The zone, those of the other registries, and what else the server answers from.
    static func serverState(_ definition: RegistryDefinition) -> RegistryNeeds {
        var needs = zone(definition)
        needs.includesOthers = true
        return needs
    }

    /// The zone, the Pods that its Services should select, and the right to watch all that the zone is made from.
    static func check(_ definition: RegistryDefinition) -> RegistryNeeds {
        var needs = zone(definition)
        needs.watched = Set(needs.resources.map(\.resource))
        if !needs.watched.contains(.pods) {
            needs.resources.append(FollowedResource(.pods))
            needs.helpful = [.pods]
        }
        return needs
    }

    /// The names of one namespace's Services.
    static func names(inNamespace namespace: String) -> RegistryNeeds {
        let resources: [APIResource] = [.namespaces, .services, .endpointSlices]
        return RegistryNeeds(
            resources.map { FollowedResource($0) }, required: [.services], namespace: namespace)
    }

    /// What one table of `get` shows; `namespace` nil lists all.
    ///
    /// Throws for workloads, which the DNS does not read.
    static func listing(_ type: ResourceType, namespace: String?) throws(CommandFailure) -> RegistryNeeds {
        let resources: [APIResource]
        switch type {
        case .services: resources = [.services]
        case .endpoints: resources = [.services, .endpointSlices]
        case .endpointSlices: resources = [.endpointSlices]
        case .pods: resources = [.pods]
        case .namespaces: resources = [.namespaces]
        case .deployments, .replicaSets, .statefulSets, .daemonSets:
            throw CommandFailure(
                "\(type.words[0]) are read from manifests only, since no name comes from them; use kubectl get "
                    + type.words[0])
        }
        return RegistryNeeds(
            resources.map { FollowedResource($0) }, required: Set(resources), namespace: namespace)
    }
}
