import Corefile
import Testing

/// The placeholders of NodeLocal DNSCache's Corefile (kubernetes/kubernetes, cluster/addons/dns/nodelocaldns).
struct PlaceholderTests {
    private static let values = [
        "LOCAL__DNS": ["169.254.20.10", "10.0.0.10"], "DNS__SERVER": [], "DNS__DOMAIN": ["cluster.local"],
        "SIX": ["fd00::a"], "BRACE": ["}"], "OTHER": ["__PILLAR__LOCAL__DNS__"],
    ]

    /// What stands in a block, and the words that it is.
    static let rows: [(written: String, want: String)] = [
        ("bind __PILLAR__LOCAL__DNS__", "bind|169.254.20.10|10.0.0.10"),
        ("bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__", "bind|169.254.20.10|10.0.0.10"),
        ("bind __PILLAR__DNS__SERVER__ x", "bind|x"),
        ("health __PILLAR__LOCAL__DNS__:8080", "health|169.254.20.10:8080"),
        ("health __PILLAR__SIX__:8080", "health|[fd00::a]:8080"),
        ("log x__PILLAR__SIX__.y", "log|xfd00::a.y"),
        ("log \"__PILLAR__LOCAL__DNS__\"", "log|169.254.20.10"),
        ("log __PILLAR__DNS__DOMAIN__/__PILLAR__SIX__", "log|cluster.local/fd00::a"),
        ("log x # __PILLAR__NOWHERE__", "log|x"),
        ("log __PILLAR__BRACE__", "log|}"),
        ("log __PILLAR__OTHER__", "log|__PILLAR__LOCAL__DNS__"),
        ("log __PILLAR", "log|__PILLAR"),
        ("__PILLAR__DNS__SERVER__ log x", "log|x"),
    ]

    private func parse(_ text: String, files: [String: String] = [:]) throws(CorefileError) -> Corefile {
        let all = files.merging(["Corefile": text]) { $1 }
        return try Corefile.parse(file: "Corefile", loader: MemoryLoader(files: all, placeholders: Self.values))
    }

    @Test(arguments: rows) func line(_ row: (written: String, want: String)) throws {
        let corefile = try parse(". {\n\(row.written)\nerrors\n}")
        #expect(outline(corefile) == "dns://.:53\n  \(row.want)\n  errors")
    }

    @Test func zonesSnippetsAndImports() throws {
        let corefile = try parse(
            "(s) {\nbind __PILLAR__LOCAL__DNS__\n}\n__PILLAR__DNS__DOMAIN__:53 {\nimport s\nimport f\n}",
            files: ["f": "log __PILLAR__DNS__DOMAIN__"])
        #expect(outline(corefile) == "dns://cluster.local.:53\n  bind|169.254.20.10|10.0.0.10\n  log|cluster.local")
    }

    static let refused: [(written: String, want: String)] = [
        (". {\n  bind x __PILLAR__FOO__\n}", "Corefile:2:10: \"__PILLAR__FOO__\" is not set here; set it"),
        (
            ". {\nhealth __PILLAR__DNS__SERVER__:80\n}",
            "Corefile:2:8: \"__PILLAR__DNS__SERVER__\" stands for no word here; write one in its place"
        ),
        // The places behind a placeholder are those of the file.
        (
            ". {\nbind __PILLAR__LOCAL__DNS__ __PILLAR__X__\n}",
            "Corefile:2:29: \"__PILLAR__X__\" is not set here; set it"
        ),
    ]

    @Test(arguments: refused) func refusedWithItsPlace(_ row: (written: String, want: String)) {
        #expect(refusal { try parse(row.written) }?.description == row.want)
    }

    @Test func aLoaderWithoutValuesSaysWhatToDo() {
        struct Plain: CorefileLoader {
            func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
                Array(".:53 {\nbind __PILLAR__LOCAL__DNS__\n}".utf8)
            }
            func files(matching pattern: String) -> [String] { [] }
            func environmentVariable(_ name: String) -> String? { nil }
        }
        #expect(
            refusal { try Corefile.parse(file: "f", loader: Plain()) }?.description
                == "f:2:6: \"__PILLAR__LOCAL__DNS__\" is a placeholder of a template; write what it stands for in its place"
        )
    }
}
