import ClusterModel
import KubernetesProtocol
import Testing

/// Any event at any time: nothing traps, and never are two requests in flight.
struct ReflectorNonsenseTests {
    private static let events: [ReflectorEvent] = [
        .started, .opened, .listed("a", "b"), .listed([unreadable("c")]), .page("7"), .page("8", next: "T"), .page(""),
        .added("a", "6"), .added("a", ""), .added("a", "x"), .deleted("b", "9"), .bookmark("3"), .bookmark(""),
        .initialEnd("7"), .initialEnd(""), .error(410), .error(500), .error(0), .watchEnded, .status(200), .status(301),
        .status(400), .status(401), .status(403), .status(404), .status(410), .status(422),
        .status(429, retryAfter: -1),
        .status(429), .status(503), .failed("reset"), .malformed("<html>"), .woke, .serverReturned,
        .watched([
            .modified(unreadable("d", "12")),
            .bookmark(resourceVersion: "99999999999999999999", endsInitialEvents: true),
        ]),
    ]

    @Test(arguments: UInt64(0)..<40) func randomEvents(_ seed: UInt64) {
        var random = SystemSeed(state: seed)
        var reflector = Reflector(
            resource: .services, options: ReflectorOptions(guardedObjectCount: 1),
            resumingAt: seed % 2 == 0 ? "5" : nil,
            seed: seed)
        var (now, isBusy) = (Duration.zero, false)
        for _ in 0..<3000 {
            // The clock may also go back.
            now += .milliseconds(Int.random(in: -500...2000, using: &random))
            let event = Self.events.randomElement(using: &random) ?? .woke
            if event.endsRequest { isBusy = false }
            for action in reflector.handle(event, now: now) {
                switch action {
                case .send:
                    #expect(!isBusy)
                    isBusy = true
                case .cancel: isBusy = false
                default: break
                }
            }
        }
    }
}

/// A generator that a seed determines.
private struct SystemSeed: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}

extension ReflectorEvent {
    fileprivate var endsRequest: Bool {
        switch self {
        case .pageEnded, .watchEnded, .refused, .failed, .malformed: true
        default: false
        }
    }
}
