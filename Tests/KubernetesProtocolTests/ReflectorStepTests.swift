import ClusterModel
import KubernetesProtocol
import Testing

/// What a reflector does at each event; rows in which time plays no part.
struct ReflectorStepTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var version: String?
        var known = 0
        var options = ReflectorOptions()
        var steps: [Step]

        var testDescription: String { label }
    }

    /// An event, and what is done about it.
    struct Step: Sendable {
        var event: ReflectorEvent
        var does: [String]

        init(_ event: ReflectorEvent, _ does: String...) { (self.event, self.does) = (event, does) }
    }

    private static let lists = ReflectorOptions(usesWatchList: false)

    static let resuming = [
        Row(
            label: "with a version, watch from there at once", version: "5",
            steps: [
                Step(.started, "watch 5"), Step(.opened, "synced"), Step(.added("a", "6"), "+a", "reached 6"),
                Step(.bookmark("9"), "reached 9"),
            ]),
        Row(
            label: "an orderly end: on from the last version", version: "5",
            steps: [
                Step(.started, "watch 5"), Step(.opened, "synced"), Step(.bookmark("9"), "reached 9"),
                Step(.watchEnded, "watch 9"),
            ]),
        Row(
            label: "a batch is applied before its version is reached", version: "5",
            steps: [
                Step(.started, "watch 5"), Step(.opened, "synced"),
                Step(
                    .watched([.added(service("a", "6")), .modified(service("a", "7")), .deleted(service("b", "8"))]),
                    "+a, +a, -b", "reached 8"),
            ]),
        Row(
            label: "410 as a status: a full read, not older", version: "5",
            steps: [Step(.started, "watch 5"), Step(.status(410), "report expired", "stream 5")]),
        Row(
            label: "410 as an event: what came before it counts", version: "5",
            steps: [
                Step(.started, "watch 5"), Step(.opened, "synced"),
                Step(
                    .watched([.added(service("a", "6")), .error(APIStatus(code: 410))]), "+a", "reached 6", "cancel",
                    "report expired", "stream 6"),
            ]),
        Row(
            label: "a version the server does not understand", version: "x5",
            steps: [Step(.started, "watch x5"), Step(.status(400), "report expired", "reached ", "stream")]),
        Row(
            label: "a version ahead of the server's", version: "5",
            steps: [
                Step(.started, "watch 5"),
                Step(
                    .refused(
                        APIStatus(code: 504, reason: "Timeout", message: "Too large resource version: 5, current: 3")),
                    "report expired", "reached ", "stream"),
            ]),
        Row(
            label: "an event older than the last: read anew", version: "10",
            steps: [
                Step(.started, "watch 10"), Step(.opened, "synced"),
                Step(
                    .watched([.added(service("a", "11")), .added(service("b", "9"))]), "+a", "reached 11",
                    "report expired", "reached ", "cancel", "stream"),
            ]),
        Row(
            label: "a bookmark older than the last: read anew", version: "10",
            steps: [
                Step(.started, "watch 10"), Step(.opened, "synced"),
                Step(.bookmark("9"), "report expired", "reached ", "cancel", "stream"),
            ]),
        Row(
            label: "an event repeated at once does no harm", version: "10",
            steps: [
                Step(.started, "watch 10"), Step(.opened, "synced"), Step(.added("a", "11"), "+a", "reached 11"),
                Step(.added("a", "11"), "+a", "reached 11"),
            ]),
        Row(
            label: "an unreadable object is skipped, one that goes goes", version: "5",
            steps: [
                Step(.started, "watch 5"), Step(.opened, "synced"),
                Step(.watched([.modified(unreadable("a", "6"))]), "report object", "reached 6"),
                Step(.watched([.deleted(unreadable("a", "7"))]), "-a", "reached 7"),
            ]),
    ]

    static let reading = [
        Row(
            label: "initial events, then the same watch goes on",
            steps: [
                Step(.started, "stream"), Step(.opened), Step(.added("b", "3"), "+b"), Step(.added("a", "2"), "+a"),
                Step(.initialEnd("7"), "keep [a b]", "reached 7", "synced"),
                Step(.deleted("a", "8"), "-a", "reached 8"),
            ]),
        Row(
            label: "a bookmark among the initial events ends nothing",
            steps: [
                Step(.started, "stream"), Step(.opened), Step(.added("a", "2"), "+a"), Step(.bookmark("7")),
                Step(.added("b", "3"), "+b"), Step(.initialEnd("7"), "keep [a b]", "reached 7", "synced"),
            ]),
        Row(
            label: "a server without WatchList: lists from then on",
            steps: [
                Step(.started, "stream"), Step(.status(422), "list 0"), Step(.opened), Step(.listed("a"), "+a"),
                Step(.page("7"), "keep [a]", "reached 7", "synced", "watch 7"),
                Step(.status(410), "report expired", "list 7"),
            ]),
        Row(
            label: "a stream that ends before the initial events do: lists",
            steps: [Step(.started, "stream"), Step(.opened), Step(.watchEnded, "list 0")]),
        Row(
            label: "WatchList against an old etcd: lists from then on",
            steps: [
                Step(.started, "stream"), Step(.opened), Step(.added("a", "2"), "+a"),
                Step(.error(500), "cancel", "list 0"), Step(.listed("a"), "+a"),
                Step(.page("7"), "keep [a]", "reached 7", "synced", "watch 7"),
                Step(.status(410), "report expired", "list 7"),
            ]),
        Row(
            label: "a server that is unwell: initial events are asked for again",
            steps: [
                Step(.started, "stream"), Step(.status(500), "report refused"), Step(.serverReturned, "probe 1"),
                Step(.opened, "cancel", "stream"), Step(.opened), Step(.error(429), "cancel", "report throttled"),
            ]),
        Row(
            label: "a list with a nameless object takes nothing away, and a restart lists", options: lists,
            steps: [
                Step(.started, "list 0"), Step(.listed([service("a"), nameless]), "report object", "+a"),
                Step(.page("7"), "reached ", "synced", "watch 7"), Step(.opened), Step(.added("b", "8"), "+b"),
                Step(.status(410), "report expired", "list 8"), Step(.listed("a"), "+a"),
                Step(.page("9"), "keep [a]", "reached 9", "synced", "report recovered", "watch 9"),
            ]),
        Row(
            label: "pages belong to the version of the first", options: lists,
            steps: [
                Step(.started, "list 0"), Step(.opened), Step(.listed("a", "b"), "+a, +b"),
                Step(.page("7", next: "T"), "page T"),
                Step(.opened), Step(.listed("c"), "+c"),
                Step(.page("8"), "keep [a b c]", "reached 7", "synced", "watch 7"),
            ]),
        Row(
            label: "an expired page: everything again, in one piece", options: lists,
            steps: [
                Step(.started, "list 0"), Step(.listed("a"), "+a"), Step(.page("7", next: "T"), "page T"),
                Step(.status(410), "report expired", "list whole 0"), Step(.listed("b"), "+b"),
                Step(.page("9"), "keep [b]", "reached 9", "synced", "report recovered", "watch 9"),
            ]),
        Row(
            label: "410 for a list: whatever the server has", version: "5", options: lists,
            steps: [
                Step(.started, "watch 5"), Step(.status(410), "report expired", "list 5"),
                Step(.status(410), "reached ", "list"),
            ]),
        Row(
            label: "an unreadable object is listed, and keeps its last good form", options: lists,
            steps: [
                Step(.started, "list 0"), Step(.listed([service("a"), unreadable("b")]), "report object", "+a"),
                Step(.page("7"), "keep [a b]", "reached 7", "synced", "watch 7"),
            ]),
        Row(
            label: "an object of another kind is skipped", options: lists,
            steps: [
                Step(.started, "list 0"),
                Step(
                    .listed([DecodedObject(kind: .pod, key: nil, resourceVersion: "", content: .unreadable(""))]),
                    "report object"),
                Step(.page("7"), "keep []", "reached 7", "synced", "watch 7"),
            ]),
        Row(
            label: "an empty list is believed where little was known", known: 999, options: lists,
            steps: [Step(.started, "list 0"), Step(.page("7"), "keep []", "reached 7", "synced", "watch 7")]),
        Row(
            label: "an empty list is believed where the operator allows it", known: 1000,
            options: ReflectorOptions(usesWatchList: false, allowsEmpty: true),
            steps: [Step(.started, "list 0"), Step(.page("7"), "keep []", "reached 7", "synced", "watch 7")]),
    ]

    static let nonsense = [
        Row(
            label: "nothing before the start",
            steps: [Step(.woke), Step(.opened), Step(.serverReturned), Step(.watchEnded)]),
        Row(
            label: "a second start", version: "5",
            steps: [Step(.started, "watch 5"), Step(.started), Step(.opened, "synced"), Step(.opened)]),
        Row(
            label: "objects of a list in a watch", version: "5",
            steps: [Step(.started, "watch 5"), Step(.opened, "synced"), Step(.listed("a"))]),
        Row(
            label: "events of a watch in a list", options: lists,
            steps: [Step(.started, "list 0"), Step(.added("a", "6")), Step(.initialEnd("7"))]),
    ]

    @Test(arguments: resuming + reading + nonsense) func step(_ row: Row) {
        var script = ReflectorScript(at: row.version, known: row.known, row.options)
        for (index, step) in row.steps.enumerated() {
            #expect(script.take(step.event) == step.does, "step \(index + 1): \(step.event)")
        }
    }
}
