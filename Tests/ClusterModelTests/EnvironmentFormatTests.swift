import ClusterModel
import Testing

struct EnvironmentFormatTests {
    private static func variables(_ pairs: [(String, String)]) -> [EnvironmentVariable] {
        pairs.map { EnvironmentVariable(name: $0.0, value: $0.1, origin: .container) }
    }

    struct Row: Sendable {
        var label: String
        var format: EnvironmentFormat
        var value: String
        var want: String
    }

    // What sh, a JSON and a YAML reader give back for each line is the value again.
    static let rows = [
        Row(label: "env", format: .env, value: "tcp://10.0.0.1:443", want: "V=tcp://10.0.0.1:443\n"),
        Row(label: "env, spaces", format: .env, value: " a \"b\" ", want: "V= a \"b\" \n"),
        Row(label: "docker", format: .docker, value: "a # b", want: "V=a # b\n"),
        Row(label: "shell, plain", format: .shell, value: "udp://10.0.0.1:53", want: "export V=udp://10.0.0.1:53\n"),
        Row(label: "shell, empty", format: .shell, value: "", want: "export V=''\n"),
        Row(
            label: "shell, brackets", format: .shell, value: "tcp://[fd00::1]:1", want: "export V='tcp://[fd00::1]:1'\n"
        ),
        Row(label: "shell, signs", format: .shell, value: "$(id) `x` ~ \\", want: "export V='$(id) `x` ~ \\'\n"),
        Row(label: "shell, quote", format: .shell, value: "it's", want: "export V='it'\\''s'\n"),
        Row(label: "shell, break", format: .shell, value: "a\nb", want: "export V='a\nb'\n"),
        Row(label: "dotenv", format: .dotenv, value: "a $b \"c\" #d", want: "V='a $b \"c\" #d'\n"),
        Row(label: "dotenv, quote", format: .dotenv, value: "it's $5", want: "V=\"it's \\$5\"\n"),
        Row(label: "dotenv, break", format: .dotenv, value: "a\n\"b\"\\", want: "V=\"a\\n\\\"b\\\"\\\\\"\n"),
        Row(label: "json", format: .json, value: "a\"\\\n\u{1}é", want: "{\n  \"V\": \"a\\\"\\\\\\n\\u0001é\"\n}\n"),
        Row(label: "yaml", format: .yaml, value: "no: 1", want: "env:\n- name: \"V\"\n  value: \"no: 1\"\n"),
        Row(label: "yaml, break", format: .yaml, value: "a\nb\t", want: "env:\n- name: \"V\"\n  value: \"a\\nb\\t\"\n"),
        Row(label: "yaml, $", format: .yaml, value: "$(X)", want: "env:\n- name: \"V\"\n  value: \"$$(X)\"\n"),
    ]

    @Test(arguments: rows) func writes(_ row: Row) {
        let (text, findings) = row.format.render(Self.variables([("V", row.value)]))
        #expect(text == row.want, "\(row.label)")
        #expect(findings.isEmpty, "\(row.label)")
    }

    struct LeftOutRow: Sendable {
        var format: EnvironmentFormat
        var name = "V"
        var value = ""
        var isHeld: Bool
    }

    static let leftOutRows = [
        LeftOutRow(format: .env, value: "a\nb", isHeld: false),
        LeftOutRow(format: .docker, value: "a\r\nb", isHeld: false),
        LeftOutRow(format: .docker, name: "#V", isHeld: false), LeftOutRow(format: .docker, name: "a b", isHeld: false),
        LeftOutRow(format: .env, name: "log.level", isHeld: true),
        LeftOutRow(format: .shell, name: "log.level", isHeld: false),
        LeftOutRow(format: .dotenv, name: "8V", isHeld: false),
        LeftOutRow(format: .shell, value: "a\0b", isHeld: false),
        LeftOutRow(format: .json, name: "log.level", value: "a\0\n", isHeld: true),
        LeftOutRow(format: .shell, name: "_8", isHeld: true),
    ]

    @Test(arguments: leftOutRows) func leavesOutWhatItCannotHold(_ row: LeftOutRow) {
        let (text, findings) = row.format.render(Self.variables([("A", "1"), (row.name, row.value)]))
        #expect(findings.isEmpty == row.isHeld, "\(row)")
        #expect(text.contains("A"))
        #expect(findings.allSatisfy { $0.message.contains(row.name) && $0.reason == .valueNotPrintable })
    }

    @Test func nothingAtAll() {
        let texts = EnvironmentFormat.allCases.map { $0.render([]).text }
        #expect(texts == ["", "", "", "{}\n", "env: []\n", ""])
    }

    @Test func orderIsKept() {
        let text = EnvironmentFormat.json.render(Self.variables([("B", "1"), ("A", "2")])).text
        #expect(text == "{\n  \"B\": \"1\",\n  \"A\": \"2\"\n}\n")
    }
}
