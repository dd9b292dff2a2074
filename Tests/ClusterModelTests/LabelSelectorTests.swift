import ClusterModel
import Testing

struct LabelSelectorTests {
    struct MatchRow: Sendable {
        var selector: String
        var labels: [String: String]
        var matches: Bool
    }

    // Rows of TestSelectorMatches in apimachinery, pkg/labels/selector_test.go, and one for each operator.
    static let matchRows = [
        MatchRow(selector: "", labels: ["x": "y"], matches: true), MatchRow(selector: " ", labels: [:], matches: true),
        MatchRow(selector: "x=y", labels: ["x": "y"], matches: true),
        MatchRow(selector: "x=y,z=w", labels: ["x": "y", "z": "w"], matches: true),
        MatchRow(selector: "x!=y,z!=w", labels: ["x": "z", "z": "a"], matches: true),
        MatchRow(selector: "notin=in", labels: ["notin": "in"], matches: true),
        MatchRow(selector: "x", labels: ["x": "z"], matches: true),
        MatchRow(selector: "!x", labels: ["y": "z"], matches: true),
        MatchRow(selector: "x>1", labels: ["x": "2"], matches: true),
        MatchRow(selector: "x<1", labels: ["x": "0"], matches: true),
        MatchRow(selector: "x=z", labels: [:], matches: false),
        MatchRow(selector: "x=y", labels: ["x": "z"], matches: false),
        MatchRow(selector: "x=y,z=w", labels: ["x": "w", "z": "w"], matches: false),
        MatchRow(selector: "x!=y,z!=w", labels: ["x": "z", "z": "w"], matches: false),
        MatchRow(selector: "x", labels: ["y": "z"], matches: false),
        MatchRow(selector: "!x", labels: ["x": "z"], matches: false),
        MatchRow(selector: "x>1", labels: ["x": "1"], matches: false),
        MatchRow(selector: "x>1", labels: ["x": "a"], matches: false),
        MatchRow(selector: "x<1", labels: [:], matches: false), MatchRow(selector: "x!=y", labels: [:], matches: true),
        MatchRow(selector: "e in (x, y)", labels: ["e": "y"], matches: true),
        MatchRow(selector: "e in (x,y)", labels: ["e": "z"], matches: false),
        MatchRow(selector: "e in (x,y)", labels: [:], matches: false),
        MatchRow(selector: "f notin (z)", labels: [:], matches: true),
        MatchRow(selector: "f notin (z)", labels: ["f": "z"], matches: false),
        MatchRow(selector: "a=", labels: ["a": ""], matches: true),
        MatchRow(selector: "a=", labels: [:], matches: false),
        MatchRow(selector: "a in (,x)", labels: ["a": ""], matches: true),
        MatchRow(selector: "x==a", labels: ["x": "a"], matches: true),
        MatchRow(selector: "in in (in)", labels: ["in": "in"], matches: true),
        MatchRow(
            selector: "kubernetes.io/metadata.name = default", labels: ["kubernetes.io/metadata.name": "default"],
            matches: true),
        MatchRow(
            selector: "a=b,c!=d,e in (x,y),f notin (z),g,!h", labels: ["a": "b", "e": "x", "g": ""], matches: true),
        MatchRow(
            selector: "a=b,c!=d,e in (x,y),f notin (z),g,!h", labels: ["a": "b", "e": "x", "g": "", "h": "1"],
            matches: false),
    ]

    @Test(arguments: matchRows) func matches(_ row: MatchRow) throws {
        #expect(try LabelSelector(parsing: row.selector).matches(row.labels) == row.matches, "\(row)")
    }

    struct ErrorRow: Sendable {
        var selector: String
        var reason: LabelSelectorError.Reason
        var offset: Int
    }

    static let errorRows = [
        ErrorRow(selector: "x=a||y=b", reason: .badValue, offset: 2),
        ErrorRow(selector: ",", reason: .keyExpected, offset: 0),
        ErrorRow(selector: "a=b,", reason: .keyExpected, offset: 4),
        ErrorRow(selector: "a=b,,c", reason: .keyExpected, offset: 4),
        ErrorRow(selector: "=b", reason: .keyExpected, offset: 0),
        ErrorRow(selector: "!", reason: .keyExpected, offset: 1),
        ErrorRow(selector: "!a=b", reason: .commaExpected, offset: 2),
        ErrorRow(selector: "a b", reason: .operatorExpected, offset: 2),
        ErrorRow(selector: "a in", reason: .listExpected, offset: 4),
        ErrorRow(selector: "a in b", reason: .listExpected, offset: 5),
        ErrorRow(selector: "a in ()", reason: .emptyList, offset: 6),
        ErrorRow(selector: "a in (b", reason: .listExpected, offset: 7),
        ErrorRow(selector: "a in (b) c", reason: .commaExpected, offset: 9),
        ErrorRow(selector: "a>b", reason: .integerExpected, offset: 2),
        ErrorRow(selector: "a=b c", reason: .commaExpected, offset: 4),
        ErrorRow(selector: "a/b/c=d", reason: .badKey, offset: 0),
        ErrorRow(selector: "/a=d", reason: .badKey, offset: 0),
        ErrorRow(selector: "Up.io/a=d", reason: .badKey, offset: 0),
        ErrorRow(selector: "-a", reason: .badKey, offset: 0),
        ErrorRow(selector: "a=-b", reason: .badValue, offset: 2), ErrorRow(selector: "é=b", reason: .badKey, offset: 0),
        ErrorRow(selector: "a=" + String(repeating: "x", count: 64), reason: .badValue, offset: 2),
        ErrorRow(selector: String(repeating: "x", count: 64), reason: .badKey, offset: 0),
    ]

    @Test(arguments: errorRows) func refuses(_ row: ErrorRow) {
        let error = #expect(throws: LabelSelectorError.self) { try LabelSelector(parsing: row.selector) }
        #expect(error?.reason == row.reason && error?.offset == row.offset, "\(row) but \(String(describing: error))")
    }

    @Test func anEmptyServiceSelectorSelectsNothing() {
        #expect(!LabelSelector.selects([:], ["a": "b"]))
        #expect(LabelSelector.selects(["a": "b"], ["a": "b", "c": "d"]))
        #expect(!LabelSelector.selects(["a": "b", "c": "x"], ["a": "b", "c": "d"]))
    }
}
