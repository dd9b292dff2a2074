import ClusterModel
import KubernetesProtocol
import Testing

/// The requests as they are sent; parameters as on the API Concepts page of the Kubernetes documentation.
struct ReflectorRequestTests {
    private static func request(_ actions: [ReflectorAction]) -> APIRequest? {
        for case .send(let request) in actions { return request }
        return nil
    }

    private static func query(_ request: APIRequest?) -> String? {
        request?.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    private func reflector(_ options: ReflectorOptions = ReflectorOptions(), at version: String? = nil) -> Reflector {
        Reflector(resource: .endpointSlices, options: options, resumingAt: version, seed: 1)
    }

    @Test func initialEvents() {
        var reflector = reflector()
        let request = Self.request(reflector.handle(.started, now: .zero))
        #expect(request?.purpose == .watch)
        #expect(request?.path == "/apis/discovery.k8s.io/v1/endpointslices")
        #expect(
            Self.query(request)
                == "watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                + "&timeoutSeconds=300")
    }

    @Test func listsAndPages() {
        var reflector = reflector(ReflectorOptions(namespace: "shop", labelSelector: "a=b", usesWatchList: false))
        let first = Self.request(reflector.handle(.started, now: .zero))
        #expect(first?.path == "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices")
        #expect(Self.query(first) == "limit=500&resourceVersion=0&labelSelector=a=b")
        let page = reflector.handle(.pageEnded(ListMetadata(resourceVersion: "7", continueToken: "T")), now: .zero)
        #expect(Self.query(Self.request(page)) == "limit=500&continue=T&labelSelector=a=b")
    }

    @Test func listNotOlder() {
        var reflector = reflector(ReflectorOptions(usesWatchList: false), at: "5")
        _ = reflector.handle(.started, now: .zero)
        let list = reflector.handle(.refused(APIStatus(code: 410)), now: .zero)
        #expect(Self.query(Self.request(list)) == "limit=500&resourceVersion=5&resourceVersionMatch=NotOlderThan")
    }

    /// A watch ends, and so shows life, within the bound of silence; clients spread over it.
    @Test func watchTimeouts() {
        let seconds = (0..<UInt64(200)).compactMap { seed -> Int? in
            var reflector = Reflector(resource: .services, resumingAt: "5", seed: seed)
            let query = Self.request(reflector.handle(.started, now: .zero))?.query ?? []
            #expect(
                query.prefix(3) == [
                    .init("watch", "1"), .init("allowWatchBookmarks", "true"), .init("resourceVersion", "5"),
                ])
            return query.first { $0.name == "timeoutSeconds" }.flatMap { Int($0.value) }
        }
        #expect(Set(seconds) == [24, 25, 26, 27, 28])
    }

    @Test func aRefusalNamesTheMissingRight() throws {
        var reflector = reflector()
        _ = reflector.handle(.started, now: .zero)
        let actions = reflector.handle(.refused(APIStatus(code: 403, reason: "Forbidden")), now: .zero)
        let reports = actions.compactMap { if case .report(let report) = $0 { report } else { nil } }
        let report = try #require(reports.first)
        #expect(report.cause == .forbidden)
        #expect(report.message.contains("the verb watch on endpointslices of discovery.k8s.io"))
    }
}
