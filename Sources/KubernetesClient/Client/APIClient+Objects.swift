package import ClusterModel
package import KubernetesProtocol

extension APIClient {
    /// What a list gave.
    package struct ObjectList: Sendable {
        package var objects: [ClusterObject] = []
        /// Those that could not be read, with a sentence each.
        package var unreadable: [DecodedObject] = []
        /// Of the last page.
        package var resourceVersion = ""

        package init() {}
    }

    /// How often a list that grew too old between two pages is begun again.
    private static let attemptCountMax = 3

    /// All objects of a resource, in one namespace or in all, that `labelSelector` selects, if it is not empty.
    package func list(
        _ resource: APIResource, namespace: String? = nil, labelSelector: String = "",
        keeping: KeptFields = .everything
    ) async throws(APIError) -> ObjectList {
        var attempt = 1
        while true {
            do throws(APIError) {
                return try await listOnce(resource, namespace, labelSelector, keeping)
            } catch {
                guard case .refused(let status) = error.reason, status.isExpired, attempt < Self.attemptCountMax
                else { throw error }
                attempt += 1
            }
        }
    }

    /// One object; nil where there is none of that name.
    package func object(
        _ resource: APIResource, namespace: String?, name: String, keeping: KeptFields = .everything
    ) async throws(APIError) -> DecodedObject? {
        let request = APIRequest(.object, of: resource, path: resource.path(namespace: namespace, object: name))
        do throws(APIError) {
            return try await inTime(request) { transport throws(APIError) in
                try await transport.readObject(transport.open(request), request, keeping: keeping)
            }
        } catch {
            guard case .refused(let status) = error.reason, status.code == 404 else { throw error }
            return nil
        }
    }

    private func listOnce(
        _ resource: APIResource, _ namespace: String?, _ labelSelector: String, _ keeping: KeptFields
    ) async throws(APIError) -> ObjectList {
        var list = ObjectList()
        var continueToken = ""
        for _ in 1...ListPages.countMax {
            var query: [APIRequest.QueryItem] = [.init("limit", "\(ListPages.limit)")]
            if !labelSelector.isEmpty { query.append(.init("labelSelector", labelSelector)) }
            if !continueToken.isEmpty { query.append(.init("continue", continueToken)) }
            let request = APIRequest(.list, of: resource, path: resource.path(namespace: namespace), query: query)
            let page = try await inTime(request) { transport throws(APIError) in
                var objects: [DecodedObject] = []
                let metadata = try await transport.readList(transport.open(request), request, keeping: keeping) {
                    objects += $0
                }
                return (objects, metadata)
            }
            list.take(page.0)
            list.resourceVersion = page.1.resourceVersion
            continueToken = page.1.continueToken
            if continueToken.isEmpty { return list }
        }
        throw APIError(
            .malformed,
            "The API server \(configuration.server) sends \(resource.name) in pages without an end; "
                + "see what answers for it.")
    }

    private func inTime<Value: Sendable>(
        _ request: APIRequest, _ operation: @escaping @Sendable (Transport) async throws(APIError) -> Value
    ) async throws(APIError) -> Value {
        let transport = transport
        let bound = transport.limits.responseHead + transport.limits.page
        let outcome = await bounded(by: bound) { () async -> Result<Value, APIError> in
            do throws(APIError) { return .success(try await operation(transport)) } catch { return .failure(error) }
        }
        guard let outcome else {
            throw APIError(
                .interrupted,
                "The API server \(configuration.server) did not finish its answer to \(request.path) within \(bound).")
        }
        return try outcome.get()
    }
}

extension APIClient.ObjectList {
    fileprivate mutating func take(_ page: [DecodedObject]) {
        for decoded in page {
            switch decoded.content {
            case .object(let object): objects.append(object)
            case .unreadable: unreadable.append(decoded)
            }
        }
    }
}
