import ClusterModel
import KubernetesProtocol
import Testing

/// Watches: events in any pieces, bookmarks, errors.
struct WireWatchTests {
    private static func object(_ name: String) -> String {
        #"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"\#(name)","resourceVersion":"6"}}"#
    }

    private static let bookmark = #"""
        {"kind":"Namespace","apiVersion":"v1","metadata":{"resourceVersion":"12746","creationTimestamp":null,
        "annotations":{"k8s.io/initial-events-end":"true"}}}
        """#
    private static let gone = #"""
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (2)",
        "reason":"Expired","details":{"retryAfterSeconds":2},"code":410}
        """#

    private static func body(_ bodies: WireBodies) throws -> [UInt8] {
        try bodies.event("ADDED", object("a")) + bodies.event("MODIFIED", object("b"))
            + bodies.event("DELETED", object("c")) + bodies.event("BOOKMARK", bookmark)
            + bodies.event("BOOKMARK", object("")) + bodies.event("ERROR", gone, kind: "Status")
    }

    @Test(arguments: encodings) func events(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .namespaces, encoding: encoding)
        let outcome = WatchOutcome(bodies, try Self.body(bodies), keeping: [])
        let decoded = ["a", "b", "c"].map { name in
            DecodedObject(
                kind: .namespace, key: ObjectKey(namespace: "", name: name), resourceVersion: "6",
                content: .object(
                    .namespace(Namespace(metadata: ObjectMetadata(name: name, namespace: "", resourceVersion: "6")))))
        }
        let status = APIStatus(
            code: 410, reason: "Expired", message: "too old resource version: 1 (2)", retryAfterSeconds: 2)
        #expect(outcome.error == nil)
        #expect(
            outcome.events == [
                .added(decoded[0]), .modified(decoded[1]), .deleted(decoded[2]),
                .bookmark(resourceVersion: "12746", endsInitialEvents: true),
                .bookmark(resourceVersion: "6", endsInitialEvents: false), .error(status),
            ])
        #expect(status.isExpired)
    }

    @Test(arguments: encodings) func cutAnywhere(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .namespaces, encoding: encoding)
        let body = try Self.body(bodies)
        let whole = WatchOutcome(bodies, body)
        #expect(WatchOutcome(bodies, body, cuts: Array(0...body.count)) == whole)
        for place in body.indices {
            #expect(WatchOutcome(bodies, body, cuts: [place]) == whole, "cut at \(place)")
            let part = WatchOutcome(bodies, Array(body[..<place]))
            #expect(
                part.error == nil && part.events == Array(whole.events.prefix(part.events.count)), "ended at \(place)")
        }
    }

    @Test(arguments: encodings) func oneBadObject(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .namespaces, encoding: encoding)
        let bad = #"{"kind":"Namespace","metadata":{"name":"Upper","resourceVersion":"7"}}"#
        let pod = #"{"kind":"Pod","metadata":{"name":"p","resourceVersion":"7"}}"#
        let outcome = WatchOutcome(
            bodies,
            try bodies.event("ADDED", bad) + bodies.event("ADDED", pod, kind: "Pod") + bodies.event("RENAMED", bad)
                + bodies.event("ADDED", Self.object("a")))
        #expect(outcome.error == nil && outcome.events.count == 4)
        guard case .added(let upper) = outcome.events[0], case .added(let other) = outcome.events[1],
            case .modified(let renamed) = outcome.events[2], case .added(let good) = outcome.events[3]
        else { throw Unexpected("\(outcome)") }
        #expect(upper.key?.name == "Upper" && upper.resourceVersion == "7" && upper.complaint != nil)
        #expect(other.complaint?.contains("Pod") == true && renamed.complaint?.contains("RENAMED") == true)
        #expect(good.object != nil)
    }

    @Test(arguments: [
        "<html></html>", #"{"type":"ADDED"}"#, #"{"object":{}}"#, #"{"type":"BOOKMARK","object":{}}"#, "]",
        #"{"type":"ERROR","object":{"kind":"Pod"}}"#, "\u{0}\u{0}\u{0}\u{4}abcd", "\u{0}\u{0}\u{0}\u{0}",
    ])
    func nonsense(_ text: String) throws {
        let bodies = WireBodies(resource: .namespaces, encoding: text.hasPrefix("\u{0}") ? .protobuf : .json)
        let outcome = WatchOutcome(bodies, Array(text.utf8))
        #expect(outcome.error != nil && outcome.events.isEmpty)
    }

    /// An object over the limit is passed over; the next is read.
    @Test(arguments: encodings) func tooLarge(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .namespaces, encoding: encoding)
        let large = String(repeating: "a", count: 1000)
        let body = try bodies.event("ADDED", Self.object(large)) + bodies.event("ADDED", Self.object("a"))
        for step in [1, 7, 333, 5000] {
            let cuts = Array(stride(from: step, to: body.count, by: step))
            let outcome = WatchOutcome(bodies, body, cuts: cuts, octetCountMax: 500)
            #expect(outcome.error == nil && outcome.events.count == 2)
            guard case .modified(let bad) = outcome.events.first, case .added(let good) = outcome.events.last else {
                throw Unexpected("\(outcome)")
            }
            #expect(bad.complaint?.contains("500 octets") == true && good.object != nil)
        }
    }

    @Test(arguments: encodings) func refusal(_ encoding: ObjectEncoding) throws {
        let body = try WireBodies(resource: .services, encoding: encoding).object(Self.gone, kind: "Status")
        let status = try APIStatus(typed: body[...], encoding)
        #expect(status.code == 410 && status.retryAfterSeconds == 2)
        #expect(throws: StreamError.self) { try ObjectReader.read(body, encoding, .services, []) }
        #expect(throws: StreamError.self) { try APIStatus(typed: Array("<html>".utf8)[...], encoding) }
    }
}
