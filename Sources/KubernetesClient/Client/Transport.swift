import AsyncHTTPClient
import KubernetesProtocol
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends requests, with credentials and within the limits, and judges the heads of the responses.
final class Transport: Sendable {
    struct Response: Sendable {
        var encoding: ObjectEncoding
        var http: HTTPClientResponse
    }

    let configuration: APIServerConfiguration
    let limits: APIClientLimits
    let credentials: Credentials
    let statistics: RequestStatistics
    private let http: HTTPClient
    private let gate: RequestGate
    /// Set for good once the server turned protobuf down.
    private let asksForJSON = Atomic<Bool>(false)

    init(
        _ configuration: APIServerConfiguration, limits: APIClientLimits, group: any EventLoopGroup, logger: Logger
    ) {
        self.configuration = configuration
        self.limits = limits
        credentials = Credentials(configuration, logger: logger)
        statistics = RequestStatistics(host: configuration.server.authority)
        gate = RequestGate(limits)
        http = HTTPClient(
            eventLoopGroupProvider: .shared(group), configuration: Self.clientConfiguration(configuration, limits))
    }

    /// HTTP/1.1 alone, with a connection for each watch.
    ///
    /// Under HTTP/2 all would share one, and when that is half-open, every retry would be sent into it again until TCP
    /// gives up after a quarter of an hour.
    ///
    /// Redirects are not followed: no token may reach another server.
    private static func clientConfiguration(
        _ configuration: APIServerConfiguration, _ limits: APIClientLimits
    ) -> HTTPClient.Configuration {
        var client = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: TimeAmount(limits.connect)))
        client.httpVersion = .http1Only
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        client.connectionPool.retryConnectionEstablishment = false
        client.connectionPool.idleTimeout = .seconds(30)
        // The one place where a handler can be added to a connection; TLS has been agreed on by then.
        client.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ReadPacingHandler(), position: .first)
            }
        }
        if let name = configuration.serverName { client.dnsOverride = [name: configuration.server.host] }
        return client
    }

    /// Ends all requests; none may follow.
    func shutdown() async { try? await http.shutdown() }

    /// Sends `request` and returns when a response with status 200 and objects begins.
    func open(_ request: APIRequest) async throws(APIError) -> Response {
        let askedForJSON = asksForJSON.load(ordering: .relaxed)
        var response = try await send(request, asksForJSON: askedForJSON)
        if [406, 415].contains(response.status.code), !askedForJSON {
            asksForJSON.store(true, ordering: .relaxed)
            response = try await send(request, asksForJSON: true)
        }
        guard response.status == .ok else {
            throw .refused(await Refusal.status(response), request, by: configuration)
        }
        guard let encoding = response.encoding else {
            let type = response.headers.first(name: "Content-Type") ?? ""
            throw APIError(
                .malformed,
                "The API server \(configuration.server) answers \(request.path) with the type “\(type.prefix(80))”, "
                    + "which the Kubernetes API has not; check the URL, and gateways on the way.")
        }
        return Response(encoding: encoding, http: response)
    }

    /// Whether the server answers at all, and not that it is unwell or too busy.
    func answersProbe() async -> Bool {
        guard let session = try? await credentials.session() else { return false }
        let request = APIRequest.httpRequest("/readyz", accept: "*/*", to: configuration, session)
        guard let response = try? await execute(request, within: limits.connect) else { return false }
        await bounded(by: .seconds(1)) { _ = try? await response.octets(upTo: 64 << 10) }
        return response.status.code < 500 && response.status != .tooManyRequests
    }

    private func send(_ request: APIRequest, asksForJSON: Bool) async throws(APIError) -> HTTPClientResponse {
        let session: Credentials.Session
        do {
            session = try await credentials.session()
        } catch {
            throw APIError(.credentials, error.description)
        }
        let sent = request.httpRequest(to: configuration, session, asksForJSON: asksForJSON)
        let outcome = await gate.pass {
            await Result { try await self.execute(sent, within: self.limits.responseHead) }
        }
        switch outcome {
        case .success(let response): return response
        case .failure(let error): throw APIError(.unreachable, await sentence(error))
        case nil: throw APIError(.unreachable, "The request for \(request.path) was taken back.")
        }
    }

    private func execute(_ request: HTTPClientRequest, within bound: Duration) async throws -> HTTPClientResponse {
        let start = ContinuousClock.now
        do {
            let response = try await http.execute(request, timeout: TimeAmount(bound))
            statistics.count(code: Int(response.status.code), duration: start.duration(to: .now))
            return response
        } catch {
            if !Task.isCancelled { statistics.count(code: nil, duration: start.duration(to: .now)) }
            throw error
        }
    }

    /// What to say of an error of a connection; a certificate that was not believed is looked at once more.
    func sentence(_ error: any Error) async -> String {
        let server = "The API server \(configuration.server)"
        let fault = TransportFailure.certificateFault(error)
        guard fault.isFault, !Task.isCancelled,
            let shown = await PresentedCertificate.of(
                configuration.server, serverName: configuration.serverName, group: http.eventLoopGroup)
        else { return "\(server) \(TransportFailure.words(error))." }
        let host = configuration.serverName ?? configuration.server.host
        let words = shown.complaint(host: host, namesMatch: fault.namesMatch, origin: configuration.origin)
        return "\(server) \(words)"
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
