import Testing

@testable import KubernetesClient

/// How small reads that come thick are held back.
struct ReadPaceTests {
    /// `octets` come every `gap`, from `start` on; each read takes what is there by then, and the next is made when it may be.
    private func readTimes(
        _ pace: inout ReadPace, every gap: Duration, octets: Int, count: Int, from start: Duration = .zero
    ) -> [Duration] {
        var (now, arrival) = (start, start + gap)
        return (0..<count).map { _ in
            let readTime = max(now, pace.nextReadTime)
            let wasAwaited = readTime > now && arrival <= readTime
            now = max(readTime, arrival)
            var count = 0
            while arrival <= now { (arrival, count) = (arrival + gap, count + 1) }
            pace.noteRead(octets * count, wasAwaited: wasAwaited, now: now)
            return now
        }
    }

    /// Two hundred a second evenly spread, each read as it comes.
    @Test func readsFarApartAreNotDelayed() {
        var pace = ReadPace(now: .zero)
        let times = readTimes(&pace, every: .milliseconds(5), octets: 600, count: 500)
        #expect(times == (1...500).map { .milliseconds(5) * $0 })
    }

    /// A burst passes, then fewer and fewer reads, down to fifty a second.
    @Test func thickReadsAreSpaced() {
        var pace = ReadPace(now: .zero)
        let times = readTimes(&pace, every: .microseconds(100), octets: 60, count: 40)
        #expect(times[7] == .microseconds(800))
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        #expect(gaps[20...].allSatisfy { $0 == .milliseconds(20) })
        #expect(gaps.allSatisfy { $0 <= .milliseconds(20) })
    }

    /// Every second it is tried anew whether so much still comes.
    @Test func aThousandEventsASecondAreSomeFiftyReads() {
        var pace = ReadPace(now: .zero)
        let times = readTimes(&pace, every: .milliseconds(1), octets: 600, count: 400)
        let count = times.count { $0 > .seconds(1) && $0 <= .seconds(4) }
        #expect((151...170).contains(count))
        let end = times[399]
        let later = readTimes(&pace, every: .milliseconds(10), octets: 600, count: 400, from: end)
        #expect(zip(later[200...].dropFirst(), later[200...]).allSatisfy { $0 - $1 == .milliseconds(10) })
    }

    /// After a burst single events are read as they come, though one follows on the other.
    @Test func singleEventsAfterABurst() {
        var pace = ReadPace(now: .zero)
        _ = readTimes(&pace, every: .milliseconds(10), octets: 600, count: 100)
        let burst = readTimes(&pace, every: .microseconds(200), octets: 600, count: 12, from: .seconds(1))
        var (now, waits) = (burst[11], [Duration]())
        #expect(pace.nextReadTime - now >= .milliseconds(8))
        for _ in 0..<100 {
            let arrival = now + .milliseconds(6)
            let readTime = max(now, pace.nextReadTime)
            now = max(arrival, readTime)
            waits.append(now - arrival)
            pace.noteRead(600, wasAwaited: readTime > arrival, now: now)
        }
        #expect(waits.filter { $0 > .zero }.count <= 2)
    }

    @Test func aRestGivesTheBurstBack() {
        var pace = ReadPace(now: .zero)
        for _ in 1...20 { pace.noteRead(600, wasAwaited: false, now: .zero) }
        #expect(pace.nextReadTime == .milliseconds(52))
        for _ in 1...8 {
            #expect(pace.nextReadTime <= .milliseconds(100))
            pace.noteRead(600, wasAwaited: false, now: .milliseconds(100))
        }
        #expect(pace.nextReadTime == .milliseconds(104))
    }

    /// A list is read as fast as it comes.
    @Test func largeReadsAreFree() {
        var pace = ReadPace(now: .zero)
        let times = readTimes(&pace, every: .microseconds(10), octets: ReadPace.largeOctetCount, count: 1_000)
        #expect(times.last == .milliseconds(10))
    }
}
