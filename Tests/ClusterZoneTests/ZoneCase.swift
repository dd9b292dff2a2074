import DNSTesting
import Testing

/// A registry, and what the zone made from it must answer.
struct ZoneCase: Sendable, CustomTestStringConvertible {
    var label: String
    /// Lines of the `kubernetes` block.
    var options = ""
    /// The namespaces `shop` and `lab` are always there.
    var registry: String
    var addresses: [String] = []
    var answers: String

    var testDescription: String { label }

    /// What is answered otherwise.
    func differences() throws -> [String] {
        let server = try zone(registry, options, addresses: addresses)
        return try AnswerTable(answers).differences(server)
    }
}

/// A server for the zone of `registry`, in which the namespaces `shop` and `lab` exist.
func zone(_ registry: String, _ options: String = "", addresses: [String] = []) throws -> TestServer {
    try TestServer(
        TestServer.cluster(options), registry: "namespace shop team=a\nnamespace lab\n" + registry,
        serverAddresses: addresses)
}
