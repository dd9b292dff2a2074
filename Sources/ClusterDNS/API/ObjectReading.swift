import ClusterModel
import KubernetesClient
import KubernetesProtocol

/// The reads of a Kubernetes API that a command makes, each once.
protocol ObjectReading: Sendable {
    /// All objects of a resource, in one namespace or in all; an empty selector selects all.
    func objects(
        of resource: APIResource, namespace: String?, labelSelector: String
    ) async throws(APIError) -> ObjectListing

    /// One object; nil where there is none of that name.
    func object(_ resource: APIResource, namespace: String?, name: String) async throws(APIError) -> DecodedObject?

    /// Opens a watch and ends it; throws what the server has against it.
    func tryWatch(_ resource: APIResource, from resourceVersion: String) async throws(APIError)
}

/// What a list gave.
struct ObjectListing: Sendable {
    var objects: [ClusterObject] = []
    /// Those that make no sense, with a sentence each.
    var unreadable: [DecodedObject] = []
    var resourceVersion = ""
}

extension APIClient: ObjectReading {
    func objects(
        of resource: APIResource, namespace: String?, labelSelector: String
    ) async throws(APIError) -> ObjectListing {
        let list = try await list(resource, namespace: namespace, labelSelector: labelSelector)
        return ObjectListing(
            objects: list.objects, unreadable: list.unreadable, resourceVersion: list.resourceVersion)
    }

    func object(_ resource: APIResource, namespace: String?, name: String) async throws(APIError) -> DecodedObject? {
        try await object(resource, namespace: namespace, name: name, keeping: .everything)
    }
}
