import Answering
import Corefile
import DNSTesting
import Testing

/// `template` directives that are refused when they are loaded, where, and with which words.
struct TemplateRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var line: String
        var column: Int
        var says: String
        var testDescription: String { line }

        init(_ line: String, _ column: Int, _ says: String) {
            (self.line, self.column, self.says) = (line, column, says)
        }
    }

    /// Lines of a block `template IN A example {` with `match ^(?P<a>[0-9]+)-([a-z]*)[.]`.
    static let rows = [
        Row(#"answer "{{ .Name }} 60 IN A not-an-address""#, 8, "of \"a.example. 60 IN A not-an-address\""),
        Row(#"answer "{{ .Name }} 60 IN A not-an-address""#, 8, "makes no record"),
        Row(#"answer "{{ .Name }} 60 IN A""#, 8, "makes no record"),
        Row(#"answer "{{ .Name }} 60 IN NOTYPE x""#, 8, "makes no record"),
        Row(#"answer "{{ .Name }}""#, 8, "makes no record"),
        Row(#"answer """#, 8, "makes no record"),
        Row(#"additional "{{ .Name }} 60 IN MX {{ .Name }}""#, 12, "makes no record"),
        Row(#"authority "example. 60 IN SOA a. b. (1 2 3)""#, 11, "makes no record"),
        Row(#"answer "{{ .Name }} 60 IN A 192.0.2.{{ .Group.z }}""#, 8, "\"z\""),
        Row(#"answer "{{ .Name }} 60 IN A 192.0.2.{{ index .Match 3 }}""#, 8, "group 3"),
        Row(#"answer "{{ .Name }} 60 IN A 192.0.2.{{ .Grup.a }}""#, 8, "is no template: at character 32, \".Grup.a\""),
        Row(#"answer "{{ range .Match }}{{ end }}""#, 8, "\"range\" is not part of this version"),
        Row(#"answer "{{ .Meta \"a/b\" }} 60 IN A 192.0.2.1""#, 8, "metadata"),
        Row(#"answer "{{""#, 8, "never closed"),
        Row(#"answer"#, 1, "1 argument"),
        Row(#"match (a"#, 7, "is no regular expression"),
        Row(#"match"#, 1, "1 argument"),
        Row(#"rcode NOTHING"#, 7, "is no response code"),
        Row(#"rcode"#, 1, "1 argument"),
        Row(#"ederror x"#, 9, "number"),
        Row(#"ederror 65536"#, 9, "out of range"),
        Row(#"ederror 1 a b"#, 13, "remove"),
        Row(#"expr true"#, 1, "\"match\""),
        Row(#"anwser "x""#, 1, "\"answer\""),
    ]

    @Test(arguments: rows) func refused(_ row: Row) {
        do throws(CorefileError) {
            _ = try TestServer.configuration(
                ". {\ntemplate IN A example {\nmatch ^(?P<a>[0-9]+)-([a-z]*)[.]a[.]example\n\(row.line)\n}\n}")
            Issue.record("taken")
        } catch {
            #expect(error.position.description == "Corefile:4:\(row.column)")
            #expect(error.message.contains(row.says), "\(error.message)")
        }
    }

    @Test(arguments: [
        ("template IN", 1, "2 arguments"), ("template XX A", 10, "IN, CH, HS or ANY"),
        ("template IN XX", 13, "record type"),
        ("template IN A a..b", 15, "a..b"),
    ]) func refusedAsAWhole(_ line: String, _ column: Int, _ says: String) {
        let error = #expect(throws: CorefileError.self) {
            _ = try TestServer.configuration(". {\n\(line) {\n rcode NXDOMAIN\n}\n}")
        }
        #expect(error?.position.description == "Corefile:2:\(column)")
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }

    /// Texts that make records for some names, whatever the first sample makes of them.
    @Test(arguments: [
        "template IN A {\n match ^(?P<ip>.+)[.]nip[.]example[.]$\n answer \"{{ .Name }} IN A {{ .Group.ip }}\"\n}",
        "template IN AAAA {\n match ^(.*)[.]x[.]$\n answer \"{{ .Name }} IN AAAA {{ index .Match 1 }}\"\n}",
        "template IN AAAA {\n match ^([0-9a-f]{4})-([0-9a-f]+)[.]\n answer \"{{ .Name }} IN AAAA fd00:{{ index .Match 1 }}::{{ index .Match 2 }}\"\n}",
        "template IN AAAA {\n answer \"{{ .Name }} IN AAAA {{ .Remote }}\"\n}",
        "template IN ANY {\n answer \"{{ .Name }} IN {{ .Type }} fd00::1\"\n}",
        "template IN CNAME {\n match ^(.*)[.]$\n answer \"{{ .Name }} IN CNAME {{ index .Match 1 }}.example.\"\n}",
        "template IN A {\n match ^[^a-z]*\\b$\n answer \"{{ .Name }} IN A 192.0.2.1\"\n}",
        "template IN A {\n upstream\n answer \"a. A 192.0.2.1\"\n}",
    ]) func taken(_ text: String) throws {
        _ = try TestServer.configuration(". {\n\(text)\n}")
    }

    @Test func aClassThatIsNeverAskedForIsWarnedOf() throws {
        let configuration = try TestServer.configuration(". {\n template CH TXT {\n rcode NXDOMAIN\n }\n}")
        #expect(configuration.warnings.map(\.position.description) == ["Corefile:2:11"])
    }
}
