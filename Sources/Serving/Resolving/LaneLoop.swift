import Answering
import CLinux
import DNSWire

/// A lane's thread: waits for sockets, letters and time, and tells the core what happened.
///
/// Never leaves its thread. Other threads talk to it through the letters of its `ResolverLane`.
final class LaneLoop {
    /// An idle lane goes round this often, so that a watchdog sees it alive.
    private static let idleMilliseconds: Int32 = 500
    /// Counts that wait to be left on the board are not forgotten.
    private static let publishMilliseconds: Int32 = 10

    private let lane: ResolverLane
    private let outside: LaneDescriptors
    private let core: LaneCore
    private var buffer = [UInt8](repeating: 0, count: 65_535)

    init(_ lane: ResolverLane, _ resolver: Resolver, index: Int) {
        self.lane = lane
        outside = LaneDescriptors(lane, resolver)
        core = LaneCore(outside: outside, resolver.commons, index: index)
    }

    /// Serves until the letter `stop`.
    func run() {
        var tokens = [UInt64](repeating: 0, count: Int(CLINUX_EVENTS))
        var isRunning = true
        while isRunning {
            // SAFETY: the C function fills at most CLINUX_EVENTS places.
            let count = unsafe clinux_epoll_wait(lane.epoll, &tokens, waitMilliseconds())
            core.now = outside.clock
            lane.noteTurn(at: core.now)
            for token in tokens.prefix(Int(count)) {
                if token == ResolverLane.bellToken { isRunning = readLetters() && isRunning } else { readSocket(token) }
            }
            core.ring()
            core.publish()
        }
        core.end()
    }

    private func waitMilliseconds() -> Int32 {
        let most = core.isPublished ? Self.idleMilliseconds : Self.publishMilliseconds
        let next = core.nextTime
        guard next < .max else { return most }
        let current = outside.clock
        return next <= current ? 0 : Int32(min(UInt64(most), (next - current) / 1_000_000 + 1))
    }

    private func readLetters() -> Bool {
        var goesOn = true
        for letter in lane.takeLetters() {
            switch letter {
            case .job(let job): core.begin(job)
            case .streamReply(let exchange, let attempt, let octets):
                core.takeStreamReply(octets, exchange: exchange, attempt: attempt)
            case .findLoop(let runtime, let upstream): core.findLoop(runtime, upstream)
            case .stop: goesOn = false
            }
        }
        return goesOn
    }

    private func readSocket(_ token: UInt64) {
        guard let owner = outside.sockets.owner(of: token) else { return outside.sockets.discard(token) }
        // A flood of forged replies must not keep the lane from everything else: the rest waits for the next turn.
        for _ in 0..<UpstreamExchange.foreignCountMax {
            let result = outside.sockets.receive(owner.place, into: &buffer)
            guard let count = result.count else {
                if result.isRefused { core.refuse(exchange: owner.exchange, attempt: owner.attempt) }
                return
            }
            core.takeReply(
                buffer.rawSpan.extracting(first: count), exchange: owner.exchange, attempt: owner.attempt)
            guard core.question(of: owner.exchange) != nil else { return }
        }
    }
}

/// The outside of a lane as it is: sockets, connections, the kernel's clock and chance.
final class LaneDescriptors: LaneOutside {
    private let lane: ResolverLane
    private let resolver: Resolver
    var sockets: LaneSockets
    private var random = SystemRandomNumberGenerator()

    init(_ lane: ResolverLane, _ resolver: Resolver) {
        self.lane = lane
        self.resolver = resolver
        sockets = LaneSockets(epoll: lane.epoll)
    }

    var clock: UInt64 { clinux_monotonic_nanoseconds() }

    func randomNumber() -> UInt64 { random.next() }

    func sendDatagram(
        _ octets: [UInt8], to upstream: UpstreamAddress, from source: [UInt8], exchange: UInt64, attempt: Int
    ) -> LanePlace? {
        sockets.send(octets, to: upstream, from: source, exchange: exchange, attempt: attempt)
    }

    func sendOverStream(
        _ octets: [UInt8], to upstream: UpstreamAddress, _ runtime: ForwardRuntime, exchange: UInt64, attempt: Int
    ) {
        let lane = lane
        resolver.streams.send(octets, to: upstream, runtime.group.definition, runtime.statistics) { octets in
            lane.post(.streamReply(exchange: exchange, attempt: attempt, octets))
        }
    }

    func release(_ place: LanePlace, isAnswered: Bool) {
        // What is still on its way to a socket must not reach its next owner.
        if isAnswered { sockets.giveBack(place) } else { sockets.close(place) }
    }

    func hand(_ job: ResolverJob) { resolver.hand(job) }
}
