import KubernetesProtocol
import Testing

@testable import KubernetesClient

/// What is handed on of events that come while others are being taken.
struct GatheredEventsTests {
    private func event(_ number: Int) -> WatchEvent {
        .bookmark(resourceVersion: String(number), endsInitialEvents: false)
    }

    @Test(.timeLimit(.minutes(1))) func thoseThatWaitAreTakenTogetherAndInOrder() async {
        let gathered = GatheredEvents()
        await gathered.append([event(1)])
        await gathered.append([event(2), event(3)])
        #expect(await gathered.next() == [event(1), event(2), event(3)])
        async let next = gathered.next()
        await gathered.append([event(4)])
        #expect(await next == [event(4)])
    }

    /// What came before the end is not lost, and nobody waits after it.
    @Test(.timeLimit(.minutes(1))) func theEndComesLast() async {
        let gathered = GatheredEvents()
        await gathered.append([event(1)])
        gathered.end()
        #expect(await gathered.next() == [event(1)])
        #expect(await gathered.next() == nil)
        let other = GatheredEvents()
        async let next = other.next()
        other.end()
        #expect(await next == nil)
        await other.append((0..<2 * GatheredEvents.countMax).map(event))
    }

    /// A reader that is faster than the one who takes waits for it.
    @Test(.timeLimit(.minutes(1))) func noMoreWaitThanAllowed() async {
        let gathered = GatheredEvents()
        let piece = (0..<100).map(event)
        async let appended: Void = {
            for _ in 1...50 { await gathered.append(piece) }
            gathered.end()
        }()
        var most = 0
        var count = 0
        while let events = await gathered.next() {
            most = max(most, events.count)
            count += events.count
            try? await Task.sleep(for: .milliseconds(1))
        }
        await appended
        #expect(count == 5_000)
        #expect(most <= GatheredEvents.countMax + 100)
    }
}
