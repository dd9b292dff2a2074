import Foundation

extension ExecPlugin {
    /// What a plugin gave.
    struct Output: Sendable {
        var token: Concealed<String>?
        var certificate: Login.Certificate?
        /// nil: for as long as the server takes it.
        var expiry: Date?
    }

    /// Runs the program, for 30 s at most.
    ///
    /// Throws where it cannot be started, does not end, ends with another status than 0 (then with the end of what
    /// it wrote to standard error) or prints no credentials.
    func run() async throws(ConfigurationError) -> Output {
        var variables = ProcessInfo.processInfo.environment
        for variable in environment { variables[variable.name] = variable.value.value }
        variables["KUBERNETES_EXEC_INFO"] = try ExecCredential.request(self)
        let outcome = await ChildProcess.run(
            command, arguments: arguments, environment: variables, bound: Self.bound)
        switch outcome {
        case .notStarted: throw error("cannot be started", remedy: installHint.isEmpty ? "install it" : installHint)
        case .overdue:
            throw error("did not end within \(Self.bound)", remedy: "run it by hand and see what it waits for")
        case .ended(let status, _, let complaint) where status != 0:
            let words = complaint.isEmpty ? "" : " and said: \(complaint)"
            throw error("ended with status \(status)\(words)", remedy: "run it by hand")
        case .ended(_, let output, _):
            guard let status = ExecCredential.status(output, self) else {
                throw error("printed no ExecCredential of \(apiVersion)", remedy: "run it by hand")
            }
            return try self.output(status)
        }
    }

    private static let bound = Duration.seconds(30)

    private func output(_ status: ExecCredential.Status) throws(ConfigurationError) -> Output {
        var output = Output(expiry: status.expirationTimestamp.flatMap(Self.date))
        if let token = status.token, !token.isEmpty { output.token = Concealed(token) }
        if let chain = status.clientCertificateData, let key = status.clientKeyData, !chain.isEmpty, !key.isEmpty {
            output.certificate = Login.Certificate(
                chain: .embedded(Concealed(Array(chain.utf8)), name: "the certificate that \(command) printed"),
                key: .embedded(Concealed(Array(key.utf8)), name: "the key that \(command) printed"))
        }
        guard output.token != nil || output.certificate != nil else {
            throw error("printed neither a token nor a certificate with its key", remedy: "run it by hand")
        }
        return output
    }

    private static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    private func error(_ what: String, remedy: String) -> ConfigurationError {
        ConfigurationError("The exec plugin \(command) \(what); \(remedy).")
    }
}
