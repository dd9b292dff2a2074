import KubernetesProtocol
import Testing

/// Bodies with octets changed, lost and doubled: a reader may refuse, and never traps; the pieces never matter.
struct WireFuzzTests {
    private static let resources: [APIResource] = [.services, .endpointSlices, .pods, .serviceImports]
    private static let object = #"""
        {"metadata":{"name":"a","namespace":"b","resourceVersion":"1","labels":{"kubernetes.io/service-name":"a"}},
        "spec":{"clusterIP":"10.0.0.1","type":"ClusterIP","ports":[{"name":"p","port":80,"targetPort":"web"}],
        "containers":[{"name":"c","env":[{"name":"A","value":"1"}]}]},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],
        "conditions":{"ready":true},"hostname":"h","targetRef":{"kind":"Pod","name":"p"}}],"status":{"podIP":"10.0.0.2"}}
        """#

    @Test(arguments: resources, encodings) func mutations(_ resource: APIResource, _ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: resource, encoding: encoding)
        let object =
            resource == .serviceImports ? Self.object.replacing(#""ClusterIP""#, with: #""Headless""#) : Self.object
        let list = try bodies.list([object, object])
        let watch = try bodies.event("ADDED", object) + bodies.event("MODIFIED", object)
        #expect(ListOutcome(bodies, list).objects.allSatisfy { $0.complaint == nil })
        var random = Random(state: 7)
        for _ in 0..<400 {
            let badList = random.mutate(list)
            let badWatch = random.mutate(watch)
            let (listCuts, watchCuts) = (random.cuts(badList.count), random.cuts(badWatch.count))
            let (list, pieces) = (ListOutcome(bodies, badList), ListOutcome(bodies, badList, cuts: listCuts))
            #expect((list.error == nil) == (pieces.error == nil) && list.metadata == pieces.metadata)
            #expect(list.error == nil ? list == pieces : pieces.objects.starts(with: list.objects))
            let (watch, frames) = (WatchOutcome(bodies, badWatch), WatchOutcome(bodies, badWatch, cuts: watchCuts))
            #expect((watch.error == nil) == (frames.error == nil))
            #expect(watch.error == nil ? watch == frames : frames.events.starts(with: watch.events))
        }
    }

    /// Nesting deeper than any object's, in a field that nobody reads and in one that somebody does.
    @Test(arguments: [#""x":"#, #""spec":"#]) func deep(_ field: String) throws {
        let bodies = WireBodies(resource: .services, encoding: .json)
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let nested = String(repeating: open, count: 20_000) + "1" + String(repeating: close, count: 20_000)
            let object = #"{"metadata":{"name":"a","namespace":"b"},\#(field)\#(nested)}"#
            let outcome = ListOutcome(bodies, try bodies.list([object, Self.object]))
            #expect(outcome.error == nil && outcome.objects.count == 2 && outcome.objects[1].complaint == nil)
        }
    }
}

/// Random numbers that are the same in every run (SplitMix64: Steele, Lea, Flood, 2014).
private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func mutate(_ octets: [UInt8]) -> [UInt8] {
        var octets = octets
        for _ in 0..<Int.random(in: 1...4, using: &self) where !octets.isEmpty {
            let place = Int.random(in: 0..<octets.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: octets[place] = UInt8.random(in: 0...255, using: &self)
            case 1: octets[place] ^= 1 << UInt8.random(in: 0...7, using: &self)
            case 2: octets.remove(at: place)
            case 3: octets.insert(octets[place], at: place)
            default: octets.removeSubrange(place..<min(octets.count, place + 20))
            }
        }
        return octets
    }

    /// Places in order; some twice, so that a piece is empty.
    mutating func cuts(_ count: Int) -> [Int] {
        (0..<Int.random(in: 1...6, using: &self)).map { _ in Int.random(in: 0...count, using: &self) }.sorted()
    }
}
