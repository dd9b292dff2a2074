import ClusterModel

/// What a reflector sends, as the API Concepts page of the Kubernetes documentation describes the parameters.
extension Reflector {
    /// No server keeps the events after its first version for long, so it answers at once that they expired.
    private static let oldestVersion = "1"

    /// A page; from the second on, the token says which version it belongs to.
    func listRequest(continuing token: String = "") -> APIRequest {
        var query = usesPages ? [APIRequest.QueryItem("limit", "\(ListPages.limit)")] : []
        if !token.isEmpty { return request(.list, query + [.init("continue", token)]) }
        switch position {
        case .nowhere: query.append(.init("resourceVersion", "0"))
        case .at(let version), .expired(let version):
            query += [.init("resourceVersion", version), .init("resourceVersionMatch", "NotOlderThan")]
        case .lost: break
        }
        return request(.list, query)
    }

    /// WatchList: all objects as events, a bookmark that ends them, then the watch (KEP-3157).
    var initialEventsRequest: APIRequest {
        var query: [APIRequest.QueryItem] = [.init("sendInitialEvents", "true")]
        if case .expired(let version) = position { query.append(.init("resourceVersion", version)) }
        query.append(.init("resourceVersionMatch", "NotOlderThan"))
        return watch(query, seconds: Int(FullRead.durationMax.components.seconds))
    }

    func watchRequest(from version: String, seconds: Int) -> APIRequest {
        watch([.init("resourceVersion", version)], seconds: seconds)
    }

    var probeRequest: APIRequest {
        var version = Self.oldestVersion
        if case .expired(let last) = position { version = last }
        return watchRequest(from: version, seconds: 1)
    }

    var checkRequest: APIRequest { request(.list, [.init("limit", "1")]) }

    private func watch(_ query: [APIRequest.QueryItem], seconds: Int) -> APIRequest {
        let common: [APIRequest.QueryItem] = [.init("watch", "1"), .init("allowWatchBookmarks", "true")]
        return request(.watch, common + query + [.init("timeoutSeconds", "\(seconds)")])
    }

    private func request(_ purpose: APIRequest.Purpose, _ query: [APIRequest.QueryItem]) -> APIRequest {
        var query = query
        if !options.labelSelector.isEmpty { query.append(.init("labelSelector", options.labelSelector)) }
        if !options.fieldSelector.isEmpty { query.append(.init("fieldSelector", options.fieldSelector)) }
        return APIRequest(purpose, of: resource, path: resource.path(namespace: options.namespace), query: query)
    }
}
