import Testing

@testable import APIServerTesting

/// Lists, as kube-apiserver documents them ("Kubernetes API Concepts", resource versions and chunks).
struct ListTests {
    private static func server() throws -> APIServer {
        let server = APIServer()
        for name in ["a", "b", "c", "d", "e"] {
            try server.putService(name, labels: ["tier": name < "c" ? "front" : "back"])
        }
        return server
    }

    @Test func aListHasTheVersionOfTheStoreAndItemsInKeyOrder() throws {
        let server = try Self.server()
        try server.putService("z", namespace: "alpha")
        let response = server.get("/api/v1/services")
        #expect(response.names == ["z", "a", "b", "c", "d", "e"])
        #expect(response.json["metadata"]?["resourceVersion"]?.string == String(server.revision))
        #expect(response.json["kind"] == "ServiceList")
        // A typed list says once what its items are.
        #expect(response.json["items"]?.array?.first?["kind"] == nil)
    }

    @Test func pagesShowOneMomentThoughObjectsChange() throws {
        let server = try Self.server()
        let first = server.get("/api/v1/services?limit=2")
        let token = try #require(first.json["metadata"]?["continue"]?.string)
        #expect(first.json["metadata"]?["remainingItemCount"] == 3)
        server.remove(.services, "c", namespace: "default")
        try server.putService("bb")
        let second = server.get("/api/v1/services?limit=500&continue=\(token)")
        #expect(first.names + second.names == ["a", "b", "c", "d", "e"])
        #expect(second.json["metadata"]?["resourceVersion"] == first.json["metadata"]?["resourceVersion"])
        #expect(second.json["metadata"]?["continue"] == nil)
    }

    @Test func aTokenFromBeforeCompactionExpiresAndOffersAnother() throws {
        let server = try Self.server()
        let token = try #require(server.get("/api/v1/services?limit=2").json["metadata"]?["continue"]?.string)
        try server.putService("f")
        server.compact()
        let expired = server.get("/api/v1/services?limit=2&continue=\(token)")
        #expect(expired.code == 410)
        #expect(expired.json["reason"] == "Expired")
        let next = try #require(expired.json["metadata"]?["continue"]?.string)
        #expect(server.get("/api/v1/services?continue=\(next)").names == ["c", "d", "e", "f"])
    }

    struct Row: Sendable {
        var label: String
        var query: String
        var code = 200
        var names: [String]?
        var message: String?
    }

    static let rows = [
        Row(
            label: "from the cache a list is whole", query: "limit=2&resourceVersion=0",
            names: ["a", "b", "c", "d", "e"]),
        Row(label: "equality", query: "labelSelector=tier%3Dback", names: ["c", "d", "e"]),
        Row(label: "inequality", query: "labelSelector=tier%21%3Dback", names: ["a", "b"]),
        Row(label: "set", query: "labelSelector=tier+in+%28front%2Cside%29", names: ["a", "b"]),
        Row(label: "absence", query: "labelSelector=%21tier", names: []),
        Row(label: "presence and not in", query: "labelSelector=tier,tier+notin+(front)", names: ["c", "d", "e"]),
        Row(label: "one name", query: "fieldSelector=metadata.name%3Db", names: ["b"]),
        Row(
            label: "a field that is no selector", query: "fieldSelector=spec.clusterIP%3Db", code: 400,
            message: "field label not supported: spec.clusterIP"),
        Row(
            label: "the future", query: "resourceVersion=1000", code: 504,
            message: "Too large resource version: 1000, current: 6"),
        Row(
            label: "match without version", query: "resourceVersionMatch=Exact", code: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                + "resourceVersionMatch is forbidden unless resourceVersion is provided"),
        Row(
            label: "exactly the second version", query: "resourceVersion=3&resourceVersionMatch=Exact",
            names: ["a", "b"]),
        Row(label: "a token that is none", query: "continue=x", code: 400, message: "continue key is not valid"),
    ]

    @Test(arguments: rows) func options(_ row: Row) throws {
        let response = try Self.server().get("/api/v1/services?\(row.query)")
        #expect(response.code == row.code, "\(row.label)")
        if let names = row.names { #expect(response.names == names, "\(row.label)") }
        if let message = row.message { #expect(response.json["message"]?.string == message, "\(row.label)") }
    }

    @Test func refusalsReadAsThoseOfKubernetes() throws {
        let server = try Self.server()
        server.deny(.list, on: .services)
        let denied = server.get("/api/v1/services")
        #expect(denied.code == 403)
        #expect(
            denied.json["message"]?.string == """
                services is forbidden: User "system:serviceaccount:kube-system:clusterdns" cannot list resource \
                "services" in API group "" at the cluster scope
                """)
        server.configure { $0.acceptedTokens = ["right"] }
        #expect(server.get("/api/v1/services", authorization: "Bearer wrong").json["message"] == "Unauthorized")
        #expect(server.get("/api/v1/pods", authorization: "Bearer right").code == 200)
        #expect(server.get("/api/v1/pods").code == 403)
        #expect(server.get("/readyz").code == 200)
        server.configure { $0.acceptedTokens = nil }
        #expect(
            server.get("/apis/discovery.k8s.io/v1/namespaces/x/endpointslices/y").json["message"]
                == "endpointslices.discovery.k8s.io \"y\" not found")
        #expect(server.get("/apis/apps/v1/deployments").code == 404)
    }

    struct AcceptRow: Sendable {
        var accept: String
        var resource = "/api/v1/services"
        var servesProtobuf = true
        /// nil: 406.
        var contentType: String?
    }

    private static let protobuf = "application/vnd.kubernetes.protobuf"
    static let acceptRows = [
        AcceptRow(accept: "\(protobuf),application/json", contentType: protobuf),
        AcceptRow(accept: "application/json;q=0.9, \(protobuf)", contentType: protobuf),
        AcceptRow(accept: "\(protobuf);q=0.1,application/json", contentType: "application/json"),
        AcceptRow(accept: "\(protobuf),application/json", servesProtobuf: false, contentType: "application/json"),
        AcceptRow(accept: protobuf, servesProtobuf: false),
        AcceptRow(accept: protobuf, resource: "/apis/multicluster.x-k8s.io/v1alpha1/serviceimports"),
        AcceptRow(accept: "*/*", contentType: "application/json"),
        AcceptRow(accept: "text/html"),
    ]

    @Test(arguments: acceptRows) func contentIsNegotiated(_ row: AcceptRow) throws {
        let server = try Self.server()
        server.configure { $0.servesProtobuf = row.servesProtobuf }
        let response = server.get(row.resource, accept: row.accept)
        #expect(response.code == (row.contentType == nil ? 406 : 200))
        if let contentType = row.contentType { #expect(response.contentType == contentType) }
    }
}
