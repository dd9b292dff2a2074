import Answering
import Corefile
import DNSTesting
import Testing

/// Directives that are refused, or taken with a warning: one sentence each, at its place, with what to do.
struct DirectiveRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        /// What stands in the block, its first line in line 2.
        var lines: String
        var place: String
        /// What the sentence must say.
        var says: [String]
        var testDescription: String { lines.replacing("\n", with: " ") }
    }

    static let refusals: [Row] = [
        Row(lines: "dnstap /tmp/dnstap.sock", place: "2:2", says: ["dnstap", "format", "log"]),
        Row(lines: "grpc . 192.0.2.1", place: "2:2", says: ["gRPC", "forward"]),
        Row(lines: "view internal", place: "2:2", says: ["expression", "acl"]),
        Row(lines: "sign db.example", place: "2:2", says: ["clusterdns zone --sign", "dnssec"]),
        Row(lines: "whoami", place: "2:2", says: ["take the directive out"]),
        Row(lines: "erratic", place: "2:2", says: ["take the directive out"]),
        Row(lines: "forward . https://192.0.2.1", place: "2:12", says: ["https", "tls://"]),
        Row(lines: "forward . quic://192.0.2.1", place: "2:12", says: ["quic", "tls://"]),
        // On one line, whatever stands in quotes.
        Row(lines: "log . \"{a\nb}\"", place: "2:8", says: [#"placeholder "{a\nb}""#, "{remote}"]),
        Row(lines: "acl {\n deny\n }", place: "3:2", says: ["allow", "drop"]),
        Row(lines: "acl {\n block nets 10.0.0.0/8\n }", place: "3:8", says: ["nets", "\"net\""]),
        Row(lines: "acl {\n block net 10.0.0.0/33\n }", place: "3:12", says: ["10.0.0.0/33"]),
        Row(lines: "acl {\n block type AAAAA\n }", place: "3:13", says: ["AAAAA", "type"]),
        Row(lines: "acl {\n block type net 10.0.0.0/8\n }", place: "3:8", says: ["nothing behind it"]),
        Row(lines: "acl a..b {\n block\n }", place: "2:6", says: ["label"]),
        Row(lines: "file", place: "2:2", says: ["1 argument or more"]),
        Row(lines: "file db a..b", place: "2:10", says: ["label"]),
        Row(lines: "file db {\n upstream\n }", place: "3:2", says: ["reload", "fallthrough"]),
        Row(lines: "file db {\n reload soon\n }", place: "3:9", says: ["soon"]),
        Row(lines: "auto", place: "2:2", says: ["directory"]),
        Row(lines: "auto {\n directory\n }", place: "3:2", says: ["directory"]),
        Row(lines: "auto {\n directory a b\n }", place: "3:2", says: ["ORIGIN_TEMPLATE"]),
        Row(lines: "auto {\n directory a (b {1}\n }", place: "3:14", says: ["regular expression"]),
        Row(lines: "auto {\n directory a b {1}\n }", place: "3:16", says: ["{1}", "0 groups"]),
        Row(lines: "any thing", place: "2:6", says: ["no arguments"]),
        Row(lines: "chaos one {\n two\n }", place: "3:2", says: ["no block"]),
        Row(lines: "local everything", place: "2:8", says: ["no arguments"]),
        Row(lines: "local {\n localhost_prefix maybe\n }", place: "3:19", says: ["true", "false"]),
        Row(lines: "local {\n prefix on\n }", place: "3:2", says: ["localhost_prefix"]),
        Row(lines: "minimal all", place: "2:10", says: ["no arguments"]),
        Row(lines: "header", place: "2:2", says: ["response set ra"]),
        Row(lines: "header {\n response set tc\n }", place: "3:15", says: ["aa", "ra", "rd"]),
        Row(lines: "header {\n response toggle ra\n }", place: "3:11", says: ["set", "clear"]),
        Row(lines: "header {\n response set\n }", place: "3:2", says: ["flags"]),
        Row(lines: "header {\n reply set ra\n }", place: "3:2", says: ["response"]),
        Row(lines: "header {\n query clear rd\n }", place: "3:14", says: ["recursion", "take the line out"]),
        Row(lines: "nsid \(String(repeating: "x", count: 129))", place: "2:7", says: ["128"]),
        Row(lines: "dns64 64:ff9b::/95", place: "2:8", says: ["/96"]),
        Row(lines: "dns64 10.0.0.0/32", place: "2:8", says: ["IPv6"]),
        Row(lines: "dns64 {\n prefix 2001:db8:0:0:100::/96\n }", place: "3:9", says: ["64 to 71"]),
        Row(lines: "dns64 {\n translate_some\n }", place: "3:2", says: ["translate_all"]),
        Row(lines: "dns64\n dns64", place: "3:2", says: ["already"]),
        Row(lines: "autopath", place: "2:2", says: ["1 argument or more"]),
        Row(lines: "autopath @erratic", place: "2:11", says: ["@kubernetes"]),
        Row(lines: "autopath nowhere.conf", place: "2:11", says: ["cannot be read", "resolv.conf"]),
        Row(lines: "autopath empty.conf\n autopath empty.conf", place: "3:2", says: ["already"]),
        Row(lines: "hosts {\n fallthrough_unsupported\n }", place: "3:2", says: ["fallthrough"]),
    ]

    private static let environment = ConfigurationEnvironment(readFile: { $0 == "etc/empty.conf" ? [] : nil })

    private static func configuration(_ lines: String) throws(CorefileError) -> ServerConfiguration {
        try TestServer.configuration(". {\n \(lines)\n}", environment: environment)
    }

    @Test(arguments: refusals) func refused(_ row: Row) {
        do throws(CorefileError) {
            _ = try Self.configuration(row.lines)
            Issue.record("taken")
        } catch {
            #expect(error.position.description == "Corefile:\(row.place)")
            for word in row.says { #expect(error.message.contains(word), "\(error.message)") }
        }
    }

    static let warnings = [
        Row(lines: "pprof", place: "2:2", says: ["does nothing", "/metrics"]),
        Row(lines: "trace zipkin 192.0.2.1:9411", place: "2:2", says: ["nothing is sent", "log"]),
        Row(lines: "debug", place: "2:2", says: ["does nothing"]),
        Row(lines: "cancel 1s", place: "2:2", says: ["does nothing", "5 seconds"]),
        Row(lines: "errors {\n stacktrace\n }", place: "3:2", says: ["adds nothing"]),
        Row(lines: "ready {\n monitor continuously\n }", place: "3:10", says: ["once"]),
        Row(lines: "reload 1s", place: "2:9", says: ["2 seconds"]),
        Row(lines: "acl {\n }", place: "2:2", says: ["every question goes on"]),
        Row(lines: "header {\n set ra\n }", place: "3:2", says: ["response set"]),
        Row(lines: "header {\n query set rd\n }", place: "3:12", says: ["anyway"]),
        Row(lines: "header {\n query set aa\n }", place: "3:12", says: ["no meaning"]),
        Row(lines: "autopath @kubernetes", place: "2:11", says: ["kubernetes", "no name is completed"]),
        Row(lines: "autopath empty.conf", place: "2:11", says: ["search", "no name is completed"]),
        Row(
            lines: "forward . 192.0.2.1 {\n max_connect_attempts 3\n }", place: "3:2", says: ["does nothing here"]),
    ]

    @Test(arguments: warnings) func warnedOf(_ row: Row) throws {
        let warnings = try Self.configuration(row.lines).warnings
        #expect(warnings.map(\.position.description) == ["Corefile:\(row.place)"])
        for word in row.says { #expect(warnings.allSatisfy { $0.message.contains(word) }, "\(warnings)") }
    }

    /// Every scheme that the language knows and this server does not.
    @Test(arguments: ["https", "https3", "quic", "grpc"]) func schemes(_ scheme: String) {
        do throws(CorefileError) {
            _ = try TestServer.configuration("\(scheme)://. {\n errors\n}")
            Issue.record("taken")
        } catch {
            #expect(error.position.description == "Corefile:1:1")
            #expect(error.message.contains("DNS over"))
        }
    }
}
