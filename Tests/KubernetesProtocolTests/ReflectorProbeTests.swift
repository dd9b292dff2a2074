import KubernetesProtocol
import Testing

/// What is asked for after a list that brought nothing, until lists are well again.
struct ReflectorProbeTests {
    private static let lists = ReflectorOptions(usesWatchList: false)

    /// A list that is refused costs no list, however long that lasts: one of one object is asked for until it is granted.
    @Test(arguments: [403, 404]) func aRefusedListIsProbedFor(_ code: Int) {
        var script = ReflectorScript(Self.lists)
        #expect(script.take(.started) == ["list 0"])
        _ = script.take(.status(code))
        while script.now < .seconds(600) {
            #expect(script.pass(.milliseconds(1500)).map(\.did) == ["check"])
            _ = script.take(.status(code))
        }
        _ = script.did(in: .milliseconds(1500))
        for round in 0..<6 {
            #expect(script.take(.opened, .page("7")) == ["list 0"], "round \(round)")
            // Who grants the probe and refuses the list is not believed to have done nothing.
            _ = script.take(.status(code))
            _ = script.did(in: .milliseconds(1500))
        }
        #expect(script.take(.opened, .page("7")) == [])
        #expect(script.did(in: .seconds(48)) == [])
        #expect(script.did(in: .seconds(12)).first == "list 0")
    }

    /// As far as an etcd that is slow goes, a list of one object fails as one of all does.
    @Test func aListThatFailedIsProbedForByAList() {
        var script = ReflectorScript(Self.lists)
        _ = script.take(.started, .status(500))
        #expect(script.did(in: .milliseconds(801)) == ["check"])
        _ = script.take(.status(500))
        #expect(script.did(in: .milliseconds(801)) == ["check"])
        #expect(script.take(.opened, .page("7")) == ["list 0"])
        #expect(script.take(.opened, .page("7")).contains("watch 7"))
        _ = script.take(.opened, .status(410), .opened, .failed("connection reset"))
        #expect(script.did(in: .seconds(1)) == ["check"])
        _ = script.take(.failed("connection refused"))
        #expect(script.did(in: .seconds(1)) == ["probe 7"])
    }

    /// Lists that make no sense, or break off, have no head that would say so: their body has to be seen.
    @Test(arguments: [ReflectorEvent.malformed("it is an HTML page"), .failed("connection reset"), .page("")])
    func aListThatMakesNoSenseIsProbedForByAList(_ end: ReflectorEvent) {
        var script = ReflectorScript(Self.lists)
        _ = script.take(.started, .opened, end)
        var count = 0
        while script.now < .seconds(600) {
            let did = script.did(in: .milliseconds(100))
            guard !did.isEmpty else { continue }
            #expect(did == ["check"])
            #expect(script.take(.opened) == [])
            _ = script.take(end)
            count += 1
        }
        #expect((60...200).contains(count))
        _ = script.did(in: .seconds(31))
        #expect(script.take(.opened, .page("7")) == ["list 0"])
        #expect(script.take(.opened, .page("7")).contains("watch 7"))
    }

    /// What gives no answer is not asked for a list.
    @Test func silenceIsProbedForByAWatch() {
        var script = ReflectorScript(Self.lists)
        _ = script.take(.started, .status(500))
        #expect(script.did(in: .milliseconds(801)) == ["check"])
        #expect(script.did(in: .seconds(10)).contains("probe 1"))
    }
}
