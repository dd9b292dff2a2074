package import KubernetesProtocol

extension APIClient {
    /// Opens a watch and lets it go at once: throws what the server has against it, a missing right for one.
    package func tryWatch(_ resource: APIResource, from resourceVersion: String) async throws(APIError) {
        let request = APIRequest(
            .watch, of: resource, path: resource.path(),
            query: [.init("watch", "1"), .init("resourceVersion", resourceVersion), .init("timeoutSeconds", "1")])
        _ = try await transport.open(request)
    }
}
