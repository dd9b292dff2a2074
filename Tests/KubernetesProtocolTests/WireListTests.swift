import ClusterModel
import KubernetesProtocol
import Testing

/// Lists: read in any pieces, and refused as a whole where they are none (robustness 63).
struct WireListTests {
    private static let names = ["a", "b", "c-with-a-longer-name-than-most"]
    private static let items = names.map {
        #"{"metadata":{"name":"\#($0)","namespace":"default","resourceVersion":"1","annotations":{"x":"} ] , \" \\"}},"#
            + #""spec":{"clusterIP":"10.0.0.1","ports":[{"port":80}]}}"#
    }

    @Test(arguments: encodings) func pages(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .services, encoding: encoding)
        let outcome = ListOutcome(bodies, try bodies.list(Self.items, resourceVersion: "77", continueToken: "eyJ2"))
        #expect(outcome.objects.map(\.key?.name) == Self.names && outcome.error == nil)
        #expect(outcome.metadata == ListMetadata(resourceVersion: "77", continueToken: "eyJ2"))
        let empty = ListOutcome(bodies, try bodies.list([]))
        #expect(empty.objects.isEmpty && empty.metadata == ListMetadata(resourceVersion: "500"))
    }

    @Test(arguments: encodings) func cutAnywhere(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .services, encoding: encoding)
        let body = try bodies.list(Self.items)
        let whole = ListOutcome(bodies, body)
        #expect(ListOutcome(bodies, body, cuts: Array(0...body.count)) == whole)
        for place in body.indices {
            #expect(ListOutcome(bodies, body, cuts: [place]) == whole, "cut at \(place)")
            let part = ListOutcome(bodies, Array(body[..<place]))
            // Four octets of Go's two empty strings, and JSON's line feed, may be missing.
            let isWhole =
                encoding == .json ? place == body.count - 1 : (body.count - 4) <= place && place % 2 == body.count % 2
            #expect((part.error == nil) == isWhole, "ended at \(place)")
            #expect(part.objects == Array(whole.objects.prefix(part.objects.count)))
        }
    }

    @Test(arguments: [
        "", "<!DOCTYPE html><html><body>Sign in</body></html>", "{", "[]", "null", "k8s", "{\"kind\":\"ServiceList\"",
        #"{"kind":"ServiceList","apiVersion":"v1","items":[]}"#,
        #"{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":""},"items":[]}"#,
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#,
        #"{"kind":"ServiceList","apiVersion":"v2","metadata":{"resourceVersion":"1"},"items":[]}"#,
        #"{"apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#,
        #"{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}{}"#,
        #"{"kind":"ServiceList","apiVersion":"v1","metadata":"1","items":[]}"#,
        #"{"kind":"ServiceList" "apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#,
        #"{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[],,}"#,
        #"{"kind":,"apiVersion":"v1"}"#, #"{kind:"ServiceList"}"#,
    ])
    func nonsense(_ text: String) throws {
        for encoding in encodings {
            let outcome = ListOutcome(WireBodies(resource: .services, encoding: encoding), Array(text.utf8))
            #expect(outcome.error != nil && outcome.metadata == nil && outcome.objects.isEmpty, "\(encoding)")
        }
    }

    @Test func nonsenseInProtobuf() throws {
        let bodies = WireBodies(resource: .services, encoding: .protobuf)
        let metadata = WireBodies.field(1, WireBodies.field(2, Array("5".utf8)))
        let wrongKind = try bodies.envelope("PodList", metadata)
        #expect(ListOutcome(bodies, wrongKind).error?.contains("PodList") == true)
        let unversioned = try bodies.envelope("ServiceList", [])
        #expect(ListOutcome(bodies, unversioned).error?.contains("resourceVersion") == true)
        let tooLong = try bodies.envelope("ServiceList", metadata + [0x12, 0x7F])
        #expect(ListOutcome(bodies, tooLong).error?.contains("longer than the list") == true)
        let endlessKey = Array("k8s\0".utf8) + [0x8A] + [UInt8](repeating: 0x80, count: 10) + [0]
        #expect(ListOutcome(bodies, endlessKey).error?.contains("no protobuf field") == true)
    }

    @Test(arguments: encodings) func statusInPlaceOfAList(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .services, encoding: encoding)
        let status =
            #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"etcd is gone","code":500}"#
        let outcome = ListOutcome(bodies, try bodies.object(status, kind: "Status"))
        #expect(outcome.error?.contains("etcd is gone") == true && outcome.objects.isEmpty)
    }

    @Test func membersInAnyOrder() throws {
        let text =
            #" { "items" : [ {"metadata":{"name":"a","namespace":"b"}} ] , "metadata":{"resourceVersion":"8"}, "x":[{}],"#
        let body = Array((text + #" "apiVersion":"v1", "kind":"ServiceList" } "#).utf8)
        let outcome = ListOutcome(WireBodies(resource: .services, encoding: .json), body)
        #expect(outcome.metadata?.resourceVersion == "8" && outcome.objects.map(\.key?.name) == ["a"])
    }
}
