import KubernetesClient
import KubernetesProtocol

/// The reads of a Kubernetes API that a command makes, each once.
protocol ObjectReading: Sendable {
    /// All objects of a resource, in one namespace or in all; an empty selector selects all.
    func objects(
        of resource: APIResource, namespace: String?, labelSelector: String
    ) async throws(APIError) -> APIClient.ObjectList

    /// One object; nil where there is none of that name.
    func object(_ resource: APIResource, namespace: String?, name: String) async throws(APIError) -> DecodedObject?

    /// Opens a watch and ends it; throws what the server has against it.
    func tryWatch(_ resource: APIResource, from resourceVersion: String) async throws(APIError)
}

extension APIClient: ObjectReading {
    func objects(
        of resource: APIResource, namespace: String?, labelSelector: String
    ) async throws(APIError) -> APIClient.ObjectList {
        try await list(resource, namespace: namespace, labelSelector: labelSelector)
    }

    func object(_ resource: APIResource, namespace: String?, name: String) async throws(APIError) -> DecodedObject? {
        try await object(resource, namespace: namespace, name: name, keeping: .everything)
    }
}
