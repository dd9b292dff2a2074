import KubernetesProtocol
import Testing

/// What a reflector does as time passes.
struct ReflectorTimeTests {
    private static let lists = ReflectorOptions(usesWatchList: false)

    private static func watching(_ options: ReflectorOptions = ReflectorOptions()) -> ReflectorScript {
        var script = ReflectorScript(at: "5", options)
        _ = script.take(.started, .opened)
        return script
    }

    /// Fact 62: more than 30 s of silence, reconnected within 35 s; a sign of life puts it off.
    @Test func aSilentWatchIsReplaced() {
        var script = Self.watching()
        #expect(script.did(in: .seconds(20)) == [])
        #expect(script.take(.bookmark("6")) == ["reached 6"])
        let done = script.pass(.seconds(31))
        #expect(done.map(\.did) == ["cancel", "report silent", "watch 6"])
        #expect(done.allSatisfy { $0.after == .seconds(30) })
    }

    /// Six full reads at once, then one a minute; a view that stays old meanwhile is no secret.
    @Test func waitingForTheNextListIsSaid() {
        var script = ReflectorScript(at: "5", Self.lists)
        _ = script.take(.started)
        for version in 6..<12 {
            let done = script.take(.status(410), .page("\(version)"), .opened, .bookmark("\(version)"))
            #expect(!done.contains("report throttled"))
        }
        #expect(script.take(.status(410)).suffix(1) == ["report throttled"])
        #expect(script.did(in: .seconds(61)).contains { $0.hasPrefix("list") })
        #expect(script.take(.page("12")).contains("synced"))
    }

    @Test func aRequestWithoutAnAnswerIsRepeated() {
        var script = ReflectorScript(at: "5")
        _ = script.take(.started)
        let times = script.pass(.seconds(130)).filter { $0.did == "watch 5" }.map(\.after)
        #expect(times == [1.5, 4.5, 10.5, 22.5, 46.5, 76.5, 106.5].map { .seconds($0) })
    }

    /// A server that does not know WatchList and says so by saying nothing.
    @Test func aStreamThatPausesIsGivenUp() {
        var script = ReflectorScript()
        _ = script.take(.started, .opened)
        #expect(script.did(in: .seconds(2)) == [])
        #expect(script.take(.added("a", "1")) == ["+a"])
        #expect(script.did(in: .milliseconds(2900)) == [])
        #expect(script.did(in: .milliseconds(200)) == ["cancel", "list 0"])
    }

    /// A watch that began with initial events lasts longer than our bound of silence, so it is asked for again in time.
    @Test func aStreamIsRenewedBeforeItsSilenceShows() {
        var script = ReflectorScript()
        _ = script.take(.started, .opened, .initialEnd("7"))
        let done = script.pass(.seconds(29)).prefix(2)
        #expect(done.map(\.did) == ["cancel", "watch 7"])
        #expect(done.allSatisfy { (.seconds(24) ... .seconds(28)).contains($0.after) })
    }

    /// Changes of a busy cluster are no initial events.
    @Test func aStreamThatOnlyRepeatsIsGivenUp() {
        var script = ReflectorScript()
        _ = script.take(.started, .opened, .added("a", "1"))
        for version in 2...6 {
            #expect(script.did(in: .milliseconds(500)) == [])
            #expect(script.take(.added("a", "\(version)")) == ["+a"])
        }
        #expect(script.did(in: .milliseconds(600)) == ["cancel", "list 0"])
    }

    /// As long as an object has no readable name, nothing goes: a list in ten minutes, and after an hour all the same.
    @Test func aNamelessObjectKeepsOthersForAnHour() {
        var script = ReflectorScript(Self.lists)
        var (reads, times, sweeps): (Int, [Duration], Int) = (0, [], 0)
        _ = script.take(.started)
        while sweeps == 0, reads < 20 {
            reads += 1
            times.append(script.now)
            sweeps += script.take(.opened, .listed([nameless]), .page("7")).count { $0 == "keep []" }
            while sweeps == 0, !script.take(.opened).contains("list 7"),
                !script.did(in: .seconds(10)).contains("list 7")
            {
                if script.take(.watchEnded).contains("list 7") { break }
            }
        }
        #expect(reads == 7)
        #expect(zip(times, times.dropFirst()).allSatisfy { (.seconds(600) ... .seconds(630)).contains($1 - $0) })
    }

    @Test func aRefusedConnectionIsTriedAgainSoonForever() {
        var script = ReflectorScript(at: "5")
        _ = script.take(.started)
        #expect(script.take(.failed("connection refused")) == ["report unreachable"])
        for _ in 0..<2000 {
            let done = script.pass(.milliseconds(801))
            #expect(done.map(\.did) == ["watch 5"])
            #expect(done.allSatisfy { $0.after >= .milliseconds(500) })
            #expect(script.take(.failed("connection refused")) == [])
        }
        _ = script.pass(.seconds(1))
        #expect(script.take(.opened) == ["report recovered", "synced"])
    }

    struct Refusal: Sendable {
        var event: ReflectorEvent
        var does: [String]
        var wait: ClosedRange<Duration>
    }

    static let refusals = [
        Refusal(event: .status(500), does: ["report refused"], wait: .milliseconds(500) ... .milliseconds(800)),
        Refusal(event: .status(503, retryAfter: 3), does: ["report refused"], wait: .seconds(3) ... .seconds(3)),
        Refusal(event: .status(404), does: ["report refused"], wait: .milliseconds(500) ... .milliseconds(800)),
        Refusal(event: .status(403), does: ["report forbidden"], wait: .milliseconds(500) ... .milliseconds(800)),
        Refusal(
            event: .malformed("<html>"), does: ["report malformed"], wait: .milliseconds(500) ... .milliseconds(800)),
        Refusal(event: .status(429, retryAfter: 7), does: ["report throttled"], wait: .seconds(7) ... .seconds(7)),
        Refusal(event: .status(429, retryAfter: 0), does: ["report throttled"], wait: .seconds(1) ... .seconds(1)),
        Refusal(
            event: .status(429, retryAfter: .max), does: ["report throttled"], wait: .seconds(600) ... .seconds(600)),
    ]

    @Test(arguments: refusals) func aRefusalIsWaitedFor(_ refusal: Refusal) {
        var script = ReflectorScript(at: "5")
        _ = script.take(.started)
        #expect(script.take(refusal.event) == refusal.does)
        let done = script.pass(.seconds(601)).prefix(1)
        #expect(done.map(\.did) == ["watch 5"])
        #expect(done.allSatisfy { refusal.wait.contains($0.after) })
    }

    /// Waits grow to a twentieth of the trouble's age and to 30 s at most; the server's return ends them at once.
    @Test func refusalsAreAnsweredWithLongerWaits() {
        var script = ReflectorScript(at: "5")
        _ = script.take(.started, .status(503))
        var waits: [Duration] = []
        while script.now < .seconds(1200) {
            let before = script.now
            while !script.did(in: .milliseconds(100)).contains("watch 5") {}
            waits.append(script.now - before)
            _ = script.take(.status(503))
        }
        #expect(waits.prefix(10).allSatisfy { $0 <= .milliseconds(900) })
        #expect(waits.suffix(5).allSatisfy { (.seconds(24) ... .milliseconds(30_100)).contains($0) })
        #expect(waits.count < 150)
        #expect(script.take(.serverReturned) == ["watch 5"])
    }

    /// Rights that are granted late are used within two seconds; what is refused meanwhile is refused before any work.
    @Test(arguments: [403, 404]) func whatOnlyAPersonCanMendIsAskedForSteadily(_ code: Int) {
        var script = ReflectorScript(at: "5")
        _ = script.take(.started, .status(code))
        var (count, last) = (0, Duration.zero)
        while script.now < .seconds(3600) {
            let did = script.did(in: .milliseconds(100))
            guard did.contains("watch 5") else { continue }
            if script.now < .seconds(60) { #expect(script.now - last <= .milliseconds(900)) }
            #expect(script.now - last <= .milliseconds(1600))
            (count, last) = (count + 1, script.now)
            _ = script.take(.status(code))
        }
        #expect((2700...3200).contains(count))
    }

    /// 429 asks for patience; 503 is over when the server is back.
    @Test(arguments: [(429, []), (503, ["watch 5"])])
    func theReturnOfTheServer(_ code: Int, _ does: [String]) {
        var script = ReflectorScript(at: "5")
        _ = script.take(.started, .status(code, retryAfter: 7))
        #expect(script.take(.serverReturned) == does)
    }

    /// Fact 69: the token is read again and the request repeated at once, then within a second.
    @Test func unauthorizedRenewsTheCredentials() {
        var script = ReflectorScript(at: "5")
        _ = script.take(.started)
        #expect(script.take(.status(401)) == ["renew", "report unauthorized", "watch 5"])
        #expect(script.take(.status(401)) == ["renew"])
        #expect(script.did(in: .milliseconds(801)) == ["watch 5"])
    }

    /// Fact 68: an empty list after thousands of objects counts only when a second agrees.
    @Test(arguments: [true, false]) func anEmptyListNeedsASecond(_ agrees: Bool) {
        var script = ReflectorScript(known: 1000, Self.lists)
        _ = script.take(.started)
        #expect(script.take(.page("7")) == ["report emptied"])
        let done = script.pass(.seconds(2))
        #expect(done.map(\.did) == ["list 0"] && done.allSatisfy { $0.after == .seconds(1) })
        if !agrees { #expect(script.take(.listed("a")) == ["+a"]) }
        #expect(
            script.take(.page("8")) == [
                agrees ? "keep []" : "keep [a]", "reached 8", "synced", "report recovered", "watch 8",
            ])
    }

    /// Fact 66: a server set back behind our version may just be silent; a list of one object shows it.
    @Test(arguments: [("4", ["reached ", "stream"]), ("5", ["watch 5"])])
    func afterALossTheVersionsAreChecked(_ version: String, _ does: [String]) {
        var script = Self.watching()
        _ = script.take(.failed("connection reset"))
        _ = script.pass(.seconds(1))
        _ = script.take(.opened)
        #expect(script.did(in: .milliseconds(300)) == ["cancel", "check"])
        let reports = version == "5" ? [] : ["report expired"]
        #expect(script.take(.opened, .listed("a"), .page(version, next: "T")) == reports + does)
    }

    @Test func anEventAfterALossMakesTheCheckNeedless() {
        var script = Self.watching()
        _ = script.take(.failed("connection reset"))
        _ = script.pass(.seconds(1))
        _ = script.take(.opened, .added("a", "6"))
        #expect(script.did(in: .seconds(29)) == [])
    }

    /// Broken lists: nothing but probes until the server grants one, and at most one list a minute after the first few.
    @Test func aBrokenListIsNotRepeatedMoreThanOnceAMinute() {
        var script = ReflectorScript(Self.lists)
        var listed = script.take(.started).filter { $0.hasPrefix("list") }.count
        _ = script.take(.opened, .malformed("<html>"))
        while script.now < .seconds(600) {
            var did = script.did(in: .milliseconds(100))
            if did.contains("probe 1") { did = script.take(.status(410)) }
            guard did.contains("list 0") else { continue }
            listed += 1
            _ = script.take(.opened, .malformed("<html>"))
        }
        #expect((15...16).contains(listed))
    }

    @Test func anOutageCostsNoLists() {
        var script = ReflectorScript()
        _ = script.take(.started, .failed("connection refused"))
        for _ in 0..<1000 {
            #expect(script.did(in: .milliseconds(801)) == ["probe 1"])
            _ = script.take(.failed("connection refused"))
        }
        _ = script.pass(.seconds(1))
        #expect(script.take(.opened) == ["cancel", "stream"])
    }

    /// The event that breaks a watch would break every watch from there.
    @Test func aWatchThatAlwaysBreaksAtOneVersionIsReadAnew() {
        var script = Self.watching()
        #expect(script.take(.malformed("frame")) == ["report malformed"])
        #expect(script.did(in: .seconds(1)) == ["watch 5"])
        #expect(script.take(.opened, .malformed("frame")) == ["report recovered", "report malformed"])
        #expect(script.did(in: .seconds(1)) == ["watch 5"])
        #expect(script.take(.malformed("frame")) == ["stream 5"])
    }

    /// "Very short watch" of client-go: a server that ends each watch at once must not make us spin.
    @Test func watchesThatEndAtOnceAreNotRepeatedAtOnce() {
        var script = Self.watching()
        #expect(script.take(.watchEnded) == ["report refused"])
        #expect(script.did(in: .milliseconds(499)) == [])
        #expect(script.did(in: .milliseconds(302)) == ["watch 5"])
    }
}
