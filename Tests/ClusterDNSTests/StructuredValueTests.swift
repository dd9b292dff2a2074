import Foundation
import Testing

@testable import ClusterDNS

struct StructuredValueTests {
    struct Row: Sendable { var text: String, yaml: String }

    /// What YAML 1.1 and 1.2 readers take for strings may stay plain; all else is quoted.
    static let scalars = [
        Row(text: "my-nginx", yaml: "my-nginx"), Row(text: "10.0.162.149", yaml: "10.0.162.149"),
        Row(text: "kubernetes.io/service-name", yaml: "kubernetes.io/service-name"), Row(text: "", yaml: "\"\""),
        Row(text: "true", yaml: "\"true\""), Row(text: "No", yaml: "\"No\""), Row(text: "null", yaml: "\"null\""),
        Row(text: "80", yaml: "\"80\""), Row(text: "1.5", yaml: "\"1.5\""), Row(text: "1e3", yaml: "\"1e3\""),
        Row(text: "0x10", yaml: "\"0x10\""), Row(text: "2026-01-05", yaml: "\"2026-01-05\""),
        Row(text: ".5", yaml: "\".5\""),
        Row(text: "-", yaml: "\"-\""), Row(text: "a: b", yaml: "\"a: b\""), Row(text: "fd00::1", yaml: "\"fd00::1\""),
        Row(text: "a\nb\"\\\u{1}", yaml: "\"a\\nb\\\"\\\\\\u0001\""), Row(text: "ö", yaml: "\"ö\""),
    ]

    @Test(arguments: scalars) func scalar(_ row: Row) {
        #expect(StructuredValue.string(row.text).yaml == row.yaml + "\n")
    }

    static let value = StructuredValue.record([
        "kind": .string("List"), "gone": nil, "empty": .array([]), "count": .integer(-2), "flag": .boolean(false),
        "items": .array([.record(["b": .strings(["x", "y"]), "a": .record([:])]), .string("z")]),
        "nested": .record(["deep": .record(["k": .string("v")])]),
    ])

    /// The layout of `kubectl -o yaml`: names in order, lists not indented.
    @Test func yaml() {
        #expect(
            Self.value.yaml == """
                count: -2
                empty: []
                flag: false
                items:
                - a: {}
                  b:
                  - x
                  - "y"
                - z
                kind: List
                nested:
                  deep:
                    k: v

                """)
    }

    @Test func jsonIsReadBack() throws {
        let object = try JSONSerialization.jsonObject(with: Data(Self.value.json.utf8)) as? NSDictionary
        let want: NSDictionary = [
            "kind": "List", "empty": [], "count": -2, "flag": false, "items": [["b": ["x", "y"], "a": [:]], "z"],
            "nested": ["deep": ["k": "v"]],
        ]
        #expect(object == want)
    }
}
