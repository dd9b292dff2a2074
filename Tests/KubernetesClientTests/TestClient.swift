import KubernetesProtocol
import Logging
import NIOPosix
import NIOSSL

@testable import KubernetesClient

extension APIServerConfiguration {
    /// The server of a test, on `host`, without TLS where `trust` is nil.
    static func local(
        _ port: Int, host: String = "127.0.0.1", serverName: String? = nil, trust: ServerTrust? = nil,
        _ login: Login = Login()
    ) -> APIServerConfiguration {
        APIServerConfiguration(
            server: ServerURL(isSecure: trust != nil, host: host, port: port), serverName: serverName,
            trust: trust ?? .systemRoots, login: login, origin: "the test")
    }
}

/// Runs `body` with a client, and shuts it down.
func withClient<Value>(
    _ configuration: APIServerConfiguration, limits: APIClientLimits = APIClientLimits(),
    _ body: (APIClient) async throws -> Value
) async throws -> Value {
    let client = APIClient(
        configuration, limits: limits, group: MultiThreadedEventLoopGroup.singleton,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    do {
        let value = try await body(client)
        await client.shutdown()
        return value
    } catch {
        await client.shutdown()
        throw error
    }
}

extension APIClient {
    /// How a request fails; nil where it does not.
    func failure(_ request: APIRequest = .services) async -> APIError? {
        do throws(APIError) {
            _ = try await transport.open(request)
            return nil
        } catch {
            return error
        }
    }

    /// How the first request of a new client fails.
    static func failure(_ configuration: APIServerConfiguration) async -> APIError? {
        let client = APIClient(
            configuration, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let failure = await client.failure()
        await client.shutdown()
        return failure
    }
}

extension APIRequest {
    static let services = APIRequest(.list, of: .services, path: "/api/v1/services")
}

/// Documents of the Kubernetes API, as its reference has them.
enum Documents {
    static func list(_ names: [String], version: String = "10", continueToken: String = "") -> String {
        let items = names.map { service($0) }.joined(separator: ",")
        return """
            {"kind":"ServiceList","apiVersion":"v1",\
            "metadata":{"resourceVersion":"\(version)","continue":"\(continueToken)"},\
            "items":[\(items)]}
            """
    }

    static func service(_ name: String, version: String = "10") -> String {
        """
        {"kind":"Service","apiVersion":"v1",\
        "metadata":{"name":"\(name)","namespace":"default","resourceVersion":"\(version)"},\
        "spec":{"clusterIP":"10.0.0.9","ports":[{"port":80}]}}
        """
    }

    static func status(_ code: Int, _ reason: String, _ message: String, details: String = "{}") -> String {
        """
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
        "message":"\(message)","reason":"\(reason)",\
        "details":\(details),"code":\(code)}
        """
    }
}
