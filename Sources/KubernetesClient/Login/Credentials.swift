import Foundation
import Logging
import NIOSSL

/// What requests and handshakes of the moment carry; read again as it rotates.
///
/// Files are read at least once a minute and after a 401, an exec plugin is run when what it gave has expired or was
/// refused. Where reading fails, what was read last stays in force, and the log says so.
actor Credentials {
    /// What one request needs.
    struct Session: Sendable {
        /// The value of the header `Authorization`; nil: none is sent.
        var authorization: Concealed<String>?
        /// nil for a server without TLS.
        var tls: TLSConfiguration?
    }

    private static let rereadInterval = Duration.seconds(60)
    private static let retryInterval = Duration.seconds(5)
    /// A plugin is not run again sooner than this, whatever the server says of its output; longer with each refusal.
    private static let pluginInterval = Duration.seconds(5)
    private static let pluginIntervalMax = Duration.seconds(30)

    private let configuration: APIServerConfiguration
    private let logger: Logger
    private let clock = ContinuousClock()
    private var current: (session: Session, until: ContinuousClock.Instant)?
    private var reading: Task<Void, Never>?
    /// What the last reading gave, and those who wait for the one that runs.
    private var outcome: Result<Session, ConfigurationError>?
    private var waiting: [AsyncStream<Never>.Continuation] = []
    private var tls: TLSMaterial?
    private var output: (value: ExecPlugin.Output, at: ContinuousClock.Instant, isRefused: Bool)?
    /// How long the output is kept although it is refused.
    private var pluginWait = Credentials.pluginInterval
    /// Whether what is being read was refused meanwhile.
    private var isOutOfDate = false
    /// What the log said last.
    private var complaint: ConfigurationError?

    init(_ configuration: APIServerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// What to send now; those who ask while it is being read wait for the same reading.
    ///
    /// Throws where nothing could be read, neither now nor before, and at once where the task is cancelled.
    func session() async throws(ConfigurationError) -> Session {
        if let current, clock.now < current.until { return current.session }
        if reading == nil { reading = Task { await self.read() } }
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        waiting.append(end)
        for await _ in ended {}
        guard let outcome, !Task.isCancelled else {
            throw ConfigurationError("The credentials of \(configuration.origin) were not waited for.")
        }
        return try outcome.get()
    }

    /// Ends what is being read; nothing may be asked for any more.
    func stop() { reading?.cancel() }

    /// Takes what is held as refused by the server: the next request reads it again.
    func expire() {
        current?.until = clock.now
        output?.isRefused = true
        isOutOfDate = reading != nil
    }

    private func read() async {
        do throws(ConfigurationError) {
            let session = try await freshSession()
            current = (session, isOutOfDate ? clock.now : clock.now + Self.rereadInterval)
            outcome = .success(session)
            complaint = nil
        } catch {
            outcome = current.map { .success($0.session) } ?? .failure(error)
            current?.until = clock.now + Self.retryInterval
            if current != nil, complaint != error {
                logger.warning("\(error) The last ones stay in force, and they are read again every few seconds.")
                complaint = error
            }
        }
        (reading, isOutOfDate) = (nil, false)
        for end in waiting { end.finish() }
        waiting = []
    }

    private func freshSession() async throws(ConfigurationError) -> Session {
        var certificate = configuration.login.certificate
        let authorization: Concealed<String>?
        switch configuration.login.authorization {
        case .none: authorization = nil
        case .token(let token): authorization = try Self.bearer(token, configuration.origin)
        case .tokenFile(let path): authorization = try Self.bearer(Self.token(path), path)
        case .password(let user, let password):
            let text = Data("\(user):\(password.value)".utf8).base64EncodedString()
            authorization = Concealed("Basic \(text)")
        case .plugin(let plugin):
            let output = try await pluginOutput(plugin)
            authorization = try output.token.map { token throws(ConfigurationError) in
                try Self.bearer(token, plugin.command)
            }
            certificate = output.certificate ?? certificate
        }
        return Session(authorization: authorization, tls: try tlsConfiguration(certificate))
    }

    /// Keeps the very same configuration while the files are the same: connections are pooled by it.
    private func tlsConfiguration(_ certificate: Login.Certificate?) throws(ConfigurationError) -> TLSConfiguration? {
        guard configuration.server.isSecure else { return nil }
        let material = try TLSMaterial(configuration.trust, certificate)
        if material != tls || current?.session.tls == nil {
            let made = try material.makeConfiguration()
            tls = material
            return made
        }
        return current?.session.tls
    }

    private func pluginOutput(_ plugin: ExecPlugin) async throws(ConfigurationError) -> ExecPlugin.Output {
        if let output {
            let isOver = output.isRefused || output.value.expiry.map { $0 <= Date.now } ?? false
            guard isOver, output.at.duration(to: clock.now) >= pluginWait else { return output.value }
            let isOften = output.isRefused && output.at.duration(to: clock.now) < Self.rereadInterval
            pluginWait = isOften ? min(pluginWait * 2, Self.pluginIntervalMax) : Self.pluginInterval
        }
        let value = try await plugin.run()
        output = (value, clock.now, false)
        return value
    }
}

extension Credentials {
    private static func token(_ path: String) throws(ConfigurationError) -> Concealed<String> {
        let text = String(decoding: try CredentialFile.read(path, what: "token file"), as: UTF8.self)
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw ConfigurationError("\(path), the token file, is empty; write it again.") }
        return Concealed(token)
    }

    /// Refuses octets that no header may hold (RFC 6750 §2.1 allows even fewer), without showing them.
    private static func bearer(
        _ token: Concealed<String>, _ place: String
    ) throws(ConfigurationError) -> Concealed<String> {
        guard token.value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ConfigurationError("The token of \(place) holds blanks or other octets no token has; write it again.")
        }
        return Concealed("Bearer \(token.value)")
    }
}
