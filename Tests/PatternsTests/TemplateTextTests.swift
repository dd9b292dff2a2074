import Patterns
import Testing

/// Templates and what becomes of them; the language is Go's text/template.
struct TemplateTextTests {
    static let values = TemplateValues(
        name: Array("ip-10-ff.example.".utf8), questionName: Array("IP-10-ff.example.".utf8),
        zone: Array("example.".utf8), type: "A", qclass: "IN", typeNumber: 1, classNumber: 1, messageID: 7,
        remote: "192.0.2.1", groups: ["ip-10-ff", "10", "ff"].map { Array($0.utf8) }, groupNames: [nil, "a", "b"])

    @Test(arguments: [
        ("no action", "no action"), ("", ""), ("{{ .Name }}", "ip-10-ff.example."), ("{{.Zone}}x", "example.x"),
        ("{{ .Type }}/{{ .Class }}", "A/IN"), ("{{ .Remote }}", "192.0.2.1"), ("{{ .Match }}", "[ip-10-ff 10 ff]"),
        ("{{ index .Match 1 }}", "10"), ("{{index .Match 0}}", "ip-10-ff"), ("{{ .Group.b }}", "ff"),
        ("{{ index .Group \"b\" }}", "ff"), ("{{ index .Group `a` }}", "10"), ("{{ index .Group \"2\" }}", "ff"),
        ("{{ parseInt .Group.b 16 8 }}", "255"), ("{{ parseInt (index .Match 1) 10 0 }}", "10"),
        ("{{ parseInt \"1f\" 16 8 }}", "31"), ("{{ \"a\\\"b\" }}", "a\"b"), ("{{ 7 }}", "7"),
        ("a {{- .Type -}} b", "aAb"), ("a{{/* nothing */}}b", "ab"), ("{{ .Question.Name }}", "IP-10-ff.example."),
        ("{{ .Question.Qtype }}.{{ .Question.Qclass }}.{{ .Message.Id }}", "1.1.7"),
        ("{{ (.Name) }}", "ip-10-ff.example."),
        ("a } b { c", "a } b { c"), ("é{{ .Type }}", "éA"), ("{{ index .Match 9 }}", ""),
    ]) func filled(_ template: String, _ want: String) throws {
        let text = try TemplateText(template).filled(Self.values)
        #expect(String(decoding: text, as: UTF8.self) == want)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: String
        var reason: TemplateError.Reason
        var offset: Int
        var testDescription: String { text }

        init(_ text: String, _ reason: TemplateError.Reason, _ offset: Int) {
            (self.text, self.reason, self.offset) = (text, reason, offset)
        }
    }

    static let refusals = [
        Refusal("a {{ .Name", .unclosedAction, 2),
        Refusal("{{", .unclosedAction, 2),
        Refusal("{{/* x", .unclosedAction, 0),
        Refusal("{{ }}", .emptyAction, 0),
        Refusal("{{ .Nam }}", .unknownField(".Nam"), 3),
        Refusal("{{ .Group }}", .wholeGroup, 3),
        Refusal("{{ .Group.a.b }}", .unknownField(".Group.a.b"), 3),
        Refusal("{{ .Meta \"x\" }}", .metadata, 3),
        Refusal("{{ .Var.x }}", .variable, 3),
        Refusal("{{ $x }}", .variable, 3),
        Refusal("{{ range .Match }}", .unsupported("range"), 3),
        Refusal("{{ if .Name }}", .unsupported("if"), 3),
        Refusal("{{ printf \"%s\" .Name }}", .unsupported("printf"), 3),
        Refusal("{{ .Name | len }}", .unsupported("|"), 9),
        Refusal("{{ notAFunction }}", .unknownWord("notAFunction"), 3),
        Refusal("{{ .Name .Zone }}", .unknownWord(".Zone"), 9),
        Refusal("{{ index .Match }}", .unknownWord("}"), 16),
        Refusal("{{ index .Name 1 }}", .badArguments("index"), 3),
        Refusal("{{ index .Match \"x\" }}", .badArguments("index"), 3),
        Refusal("{{ parseInt .Name 1 8 }}", .badArguments("parseInt"), 3),
        Refusal("{{ parseInt .Name 16 65 }}", .badArguments("parseInt"), 3),
        Refusal("{{ parseInt .Name 16 }}", .badArguments("parseInt"), 3),
        Refusal("{{ (.Name }}", .unclosedParenthesis, 3),
        Refusal("{{ \"a }}", .unclosedQuote, 3),
        Refusal("{{ " + String(repeating: "(", count: 17), .tooDeep, 19),
    ]

    @Test(arguments: refusals) func refused(_ row: Refusal) {
        let error = #expect(throws: TemplateError.self) { _ = try TemplateText(row.text) }
        #expect(error?.reason == row.reason && error?.offset == row.offset)
    }

    @Test(arguments: ["{{ parseInt .Name 10 8 }}", "{{ parseInt .Group.b 16 7 }}", "{{ parseInt \"+1\" 10 8 }}"])
    func whatIsNoNumberFails(_ template: String) throws {
        let text = try TemplateText(template)
        #expect(throws: TemplateFailure.self) { _ = try text.filled(Self.values) }
    }

    @Test func theGroupsItAsksFor() throws {
        let text = try TemplateText("{{ .Name }} {{ .Group.a }} {{ index .Match 3 }} {{ parseInt .Group.b 16 8 }}")
        #expect(text.groups == [.name("a"), .index(3), .name("b")])
    }
}
