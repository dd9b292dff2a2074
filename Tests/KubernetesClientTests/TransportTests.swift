import Foundation
import KubernetesProtocol
import Testing

@testable import KubernetesClient

struct TransportTests {
    /// What a request carries (client-go rest/request.go; RFC 6750 §2.1, RFC 7617).
    @Test func aRequestIsWrittenAsKubernetesReadsIt() async throws {
        let login = Login(authorization: .password(user: "Aladdin", Concealed("open sesame")))
        try await ScriptedServer.with({ _ in [.response()] }) { server in
            try await withClient(.local(server.port, login)) { client in
                let query: [APIRequest.QueryItem] = [.init("labelSelector", "a in (b,c)"), .init("limit", "500")]
                _ = try await client.transport.open(
                    APIRequest(.list, of: .services, path: "/api/v1/services", query: query))
            }
            let request = try #require(server.requests.first)
            #expect(request.target == "/api/v1/services?labelSelector=a%20in%20%28b%2Cc%29&limit=500")
            #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
            #expect(request.headers["accept"] == "application/vnd.kubernetes.protobuf,application/json")
            #expect(request.headers["authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        }
    }

    struct Refused: Sendable {
        var label: String
        var response: ScriptedServer.Step
        var status: APIStatus
        var words: [String]
    }

    static let refused = [
        Refused(
            label: "RBAC",
            response: .response(403, Documents.status(403, "Forbidden", "services is forbidden")),
            status: APIStatus(code: 403, reason: "Forbidden", message: "services is forbidden"),
            words: ["verb list on services", "ClusterRole", "services is forbidden"]),
        Refused(
            label: "Retry-After in the header",
            response: .response(429, type: "text/plain", headers: ["Retry-After: 7"], "slow\ndown"),
            status: APIStatus(code: 429, message: "slow down", retryAfterSeconds: 7), words: ["too busy"]),
        Refused(
            label: "retryAfterSeconds in the body",
            response: .response(
                500, Documents.status(500, "ServerTimeout", "no", details: #"{"retryAfterSeconds":3}"#)),
            status: APIStatus(code: 500, reason: "ServerTimeout", message: "no", retryAfterSeconds: 3),
            words: ["500 ServerTimeout"]),
        Refused(
            label: "an unknown login", response: .response(401), status: APIStatus(code: 401),
            words: ["login of the test"]),
        Refused(
            label: "no such resource", response: .response(404), status: APIStatus(code: 404),
            words: ["/api/v1/services"]),
        Refused(
            label: "expired",
            response: .response(410, Documents.status(410, "Expired", "too old resource version: 1 (2)")),
            status: APIStatus(code: 410, reason: "Expired", message: "too old resource version: 1 (2)"),
            words: ["410 Expired"]),
    ]

    @Test(arguments: [
        ("7", 7), ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ("Mon, 06 Nov 2034 08:49:37 GMT", 86_400), ("soon", nil), ("", nil), ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
    ])
    func retryAfter(_ value: String, _ seconds: Int?) {
        #expect(Refusal.seconds(value, now: Date(timeIntervalSince1970: 784_111_777)) == seconds)
    }

    @Test(arguments: refused) func refusalsAreRead(_ row: Refused) async throws {
        try await ScriptedServer.with({ _ in [row.response] }) { server in
            try await withClient(.local(server.port)) { client in
                let error = await client.failure()
                #expect(error?.reason == .refused(row.status), "\(row.label)")
                let sentence = error?.description ?? ""
                for words in row.words { #expect(sentence.contains(words), "\(row.label): \(sentence)") }
                #expect(client.figures.counts == ["\(row.status.code)": 1])
            }
        }
    }

    /// A token must never reach another server (robustness 69).
    @Test(arguments: [301, 302, 307, 308]) func redirectsAreNotFollowed(_ code: Int) async throws {
        try await ScriptedServer.with({ _ in [.response()] }) { other in
            let location = "Location: http://127.0.0.1:\(other.port)/api/v1/services"
            try await ScriptedServer.with({ _ in [.response(code, headers: [location])] }) { server in
                let login = Login(authorization: .token(Concealed("secret-1")))
                try await withClient(.local(server.port, login)) { client in
                    let error = await client.failure()
                    #expect(error?.reason == .refused(APIStatus(code: code)))
                    #expect(error?.description.contains("not followed") == true)
                }
                #expect(server.requests.first?.headers["authorization"] == "Bearer secret-1")
            }
            #expect(other.requests.isEmpty)
        }
    }

    @Test func anHTMLPageIsNoAnswer() async throws {
        try await ScriptedServer.with({ _ in [.response(type: "text/html", "<html>log in</html>")] }) { server in
            try await withClient(.local(server.port)) { client in
                let error = await client.failure()
                #expect(error?.reason == .malformed)
                #expect(error?.description.contains("“text/html”") == true)
            }
        }
    }

    /// 406 and 415 mean that protobuf is not served; asking again and again would double all requests.
    @Test(arguments: [406, 415]) func aServerWithoutProtobufIsAskedForJSON(_ code: Int) async throws {
        let script: ScriptedServer.Script = { request in
            request.headers["accept"] == "application/json" ? [.response()] : [.response(code)]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                for _ in 1...2 {
                    let encoding = try await client.transport.open(.services).encoding
                    #expect(encoding == .json)
                }
            }
            #expect(server.requests.map { $0.headers["accept"]?.contains("protobuf") } == [true, false, false])
        }
    }

    /// Two that were under way at once: each is sent again, whichever was told first.
    @Test func twoAtOnceAreBothAskedForJSON() async throws {
        let script: ScriptedServer.Script = { request in
            request.headers["accept"] == "application/json"
                ? [.response()] : [.pause(.milliseconds(100)), .response(406)]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                async let first = client.transport.open(.services).encoding
                async let second = client.transport.open(.services).encoding
                let encodings = try await [first, second]
                #expect(encodings == [.json, .json])
            }
        }
    }

    @Test func nobodyListens() async throws {
        let port = try await ScriptedServer.with({ _ in [] }) { $0.port }
        try await withClient(.local(port)) { client in
            let error = await client.failure()
            #expect(error?.reason == .unreachable)
            #expect(
                error?.description
                    == "The API server http://127.0.0.1:\(port) refuses the connection; "
                    + "check that it runs, and its port."
            )
            #expect(client.figures.counts == ["<error>": 1])
        }
    }

    @Test func aServerThatTakesNoConnectionHoldsNobodyUp() async throws {
        var limits = APIClientLimits()
        limits.connect = .milliseconds(300)
        let server = try CrowdedServer()
        try await withClient(.local(server.port), limits: limits) { client in
            let error = await client.failure()
            #expect(error?.reason == .unreachable)
            #expect(error?.description.contains("does not answer in time") == true)
        }
    }

    @Test func aNameThatIsNoneIsSaidToBe() async throws {
        try await withClient(.local(443, host: "no-such-host.invalid")) { client in
            let description = await client.failure()?.description ?? ""
            #expect(description.contains("cannot be resolved") || description.contains("in time"))
        }
    }

    @Test func aServerThatTakesTheRequestAndSaysNothing() async throws {
        var limits = APIClientLimits()
        limits.responseHead = .milliseconds(200)
        try await ScriptedServer.with({ _ in [] }) { server in
            try await withClient(.local(server.port), limits: limits) { client in
                let error = await client.failure()
                #expect(error?.reason == .unreachable)
                #expect(error?.description.contains("does not answer it") == true)
                await server.wait { $0.openConnectionCount == 0 }
            }
        }
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200", ""])
    func aServerThatSpeaksSomethingElse(_ words: String) async throws {
        try await ScriptedServer.with({ _ in [.send(words), .close] }) { server in
            try await withClient(.local(server.port)) { client in
                #expect(await client.failure()?.reason == .unreachable)
            }
        }
    }
}
