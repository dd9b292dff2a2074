import Testing

@testable import KubernetesClient

/// How small reads that come thick are held back.
struct ReadPaceTests {
    private func readTimes(every gap: Duration, octets: Int, count: Int) -> [Duration] {
        var pace = ReadPace(now: .zero)
        var now = Duration.zero
        return (0..<count).map { _ in
            now = max(now + gap, pace.nextReadTime)
            pace.noteRead(octets, now: now)
            return now
        }
    }

    /// A hundred a second evenly spread, each read as it comes.
    @Test func readsFarApartAreNotDelayed() {
        let times = readTimes(every: .milliseconds(10), octets: 600, count: 500)
        #expect(times == (1...500).map { .milliseconds(10) * $0 })
    }

    /// A burst passes, then a hundred reads a second.
    @Test func thickReadsAreSpaced() {
        let times = readTimes(every: .microseconds(100), octets: 600, count: 108)
        #expect(times[7] == .microseconds(800))
        #expect(zip(times[9...], times[8...]).allSatisfy { $0 - $1 == .milliseconds(10) })
        #expect(times[107] < .milliseconds(1_001))
    }

    @Test func aRestGivesTheBurstBack() {
        var pace = ReadPace(now: .zero)
        for _ in 1...20 { pace.noteRead(600, now: .zero) }
        #expect(pace.nextReadTime == .milliseconds(130))
        #expect(pace.nextReadTime <= .milliseconds(200))
        for _ in 1...8 {
            #expect(pace.nextReadTime <= .milliseconds(200))
            pace.noteRead(600, now: .milliseconds(200))
        }
        #expect(pace.nextReadTime == .milliseconds(210))
    }

    /// A list is read as fast as it comes.
    @Test func largeReadsAreFree() {
        let times = readTimes(every: .microseconds(10), octets: ReadPace.largeOctetCount, count: 1_000)
        #expect(times.last == .milliseconds(10))
    }
}
