import Answering
import Corefile
import DNSTesting
import Testing

/// `rewrite` lines that are refused, where, and with which words.
struct RewriteRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var line: String
        var column: Int
        var says: String
        var testDescription: String { line }

        init(_ line: String, _ column: Int, _ says: String) {
            (self.line, self.column, self.says) = (line, column, says)
        }
    }

    static let rows = [
        Row("rewrite", 1, "ends too early"),
        Row("rewrite stop", 1, "a field"),
        Row("rewrite edns1 nsid set", 9, "\"edns0\""),
        Row("rewrite nam a b", 9, "\"name\""),
        Row("rewrite answer name a b", 9, "a \"name\" rule first"),
        Row("rewrite name a.test", 1, "ends too early"),
        Row("rewrite name regexp a b", 14, "\"regex\""),
        Row("rewrite name exact a..b c", 20, "is no domain name"),
        Row("rewrite name exact a b..c", 22, "is no domain name"),
        Row("rewrite name substring a..b c", 24, "is no part of a domain name"),
        Row("rewrite name prefix a .b", 23, "start with a dot"),
        Row("rewrite name regex [bad[ b", 20, "is no regular expression: at character 1"),
        Row("rewrite name regex (a {2}", 20, "never closed"),
        Row("rewrite name regex (a) {2}", 24, "asks for group 2, and the pattern has 1"),
        Row("rewrite name regex (?=a) b", 20, "linear time"),
        Row("rewrite name regex ((a{100}){100}){100} b", 20, "1000"),
        Row("rewrite name exact a b c", 24, "\"answer auto\""),
        Row("rewrite name exact a b answer", 1, "ends too early"),
        Row("rewrite name exact a b answer sometimes", 31, "auto, name or value"),
        Row("rewrite name regex a b answer auto answer name c d", 31, "leave"),
        Row("rewrite name regex a b answer value (c d", 37, "never closed"),
        Row("rewrite type ANY SOMETHING", 18, "is no record type"),
        Row("rewrite class IN XX", 18, "IN, CH, HS or ANY"),
        Row("rewrite type A", 1, "ends too early"),
        Row("rewrite type A B C", 16, "is no record type"),
        Row("rewrite ttl a.test -", 20, "is no TTL"),
        Row("rewrite ttl a.test 300-30", 20, "is no TTL"),
        Row("rewrite ttl a.test 99999999999", 20, "is no TTL"),
        Row("rewrite ttl a.test 1-2-3", 20, "is no TTL"),
        Row("rewrite rcode a.test BAD NOERROR", 22, "is no response code"),
        Row("rewrite rcode a.test 24 0", 22, "is no response code"),
        Row("rewrite rcode a.test 2", 1, "ends too early"),
        Row("rewrite cname a.test b.test c.test", 15, "kind of match"),
        Row("rewrite ttl a.test 5 6", 13, "kind of match"),
        Row("rewrite type A AAAA MX", 21, "one word too many"),
        Row("rewrite name a b {\n answer auto\n}", 2, "takes no block"),
    ]

    @Test(arguments: rows) func refused(_ row: Row) {
        do throws(CorefileError) {
            _ = try TestServer.configuration(". {\n\(row.line)\n}")
            Issue.record("taken")
        } catch {
            let line = row.says == "takes no block" ? 3 : 2
            #expect(error.position.description == "Corefile:\(line):\(row.column)")
            #expect(error.message.contains(row.says), "\(error.message)")
        }
    }

    /// What CoreDNS' documentation shows.
    @Test(arguments: [
        "rewrite name suffix .schmoogle.com. .google.com.",
        "rewrite continue {\n ttl regex (.*)\\.coredns\\.rocks 15\n}",
        "rewrite continue {\n rcode regex (.*)\\.coredns\\.rocks SERVFAIL NOERROR\n}",
        "rewrite stop name regex FROM TO answer name FROM TO value FROM TO",
        "rewrite name exact a b answer auto",
        "rewrite cname regex (.*).cdn.example.net. {1}.other.cdn.com.",
        "rewrite type ANY HINFO",
        "rewrite ttl example.com. 30-300",
    ]) func taken(_ line: String) throws {
        _ = try TestServer.configuration(". {\n\(line)\n}")
    }
}
