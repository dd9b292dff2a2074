import DNSWire
package import DNSZone

/// When a secondary asks its primaries, and when its copy of a zone is of no more use (RFC 1034 §4.3.5, RFC 1035 §3.3.13).
///
/// A pure value: times are of any clock that goes on while the machine sleeps or not, as the driver likes.
package struct SecondaryTimers: Sendable {
    package enum Action: Hashable, Sendable {
        /// Ask this primary for what is newer than the version at hand, or for all where there is none.
        case ask(primary: Int)
        /// Answer no more from the copy.
        case expire
        /// Nothing to do before this time.
        case wait(until: Duration)
    }

    /// What a primary is spared, whatever its SOA says.
    package static let intervalMin = Duration.seconds(1)
    /// How long to wait after the first round in vain where there is no copy, or a newer version; doubled each round.
    private static let firstPause = Duration.seconds(1)
    private static let pauseMax = Duration.seconds(60)

    private let primaryCount: Int
    /// In place of the SOA's EXPIRE; nil: the SOA's.
    private let expiry: Duration?
    private var primary = 0
    /// Primaries asked in vain since the last answer.
    private var failureCount = 0
    private var rounds = 0
    /// Whether a primary has said that there is a newer version, and none has given it.
    private var isBehind = false
    private var askTime = Duration.zero
    private var expireTime: Duration?
    private var retry = Duration.seconds(60)

    /// Asks at once.
    package init(primaryCount: Int, expiry: Duration? = nil, at now: Duration) {
        precondition(primaryCount > 0, "a secondary has a primary")
        self.primaryCount = primaryCount
        self.expiry = expiry
        askTime = now
    }

    package var hasCopy: Bool { expireTime != nil }

    package mutating func next(at now: Duration) -> Action {
        if let expireTime, now >= expireTime {
            self.expireTime = nil
            return .expire
        }
        if now >= askTime { return .ask(primary: primary) }
        return .wait(until: min(askTime, expireTime ?? askTime))
    }

    /// A copy from a file, which was good at `time`; it is looked after at once.
    package mutating func restored(_ soa: ZoneRecord, goodAt time: Duration) {
        set(soa, at: time)
        askTime = time
    }

    /// A primary said that this version is its latest, or gave it.
    package mutating func refreshed(_ soa: ZoneRecord, at now: Duration) {
        (failureCount, rounds, isBehind) = (0, 0, false)
        set(soa, at: now)
    }

    private mutating func set(_ soa: ZoneRecord, at now: Duration) {
        let timers = soa.soaTimers
        retry = max(timers.retry, Self.intervalMin)
        askTime = now + max(timers.refresh, Self.intervalMin)
        expireTime = now + max(expiry ?? timers.expire, Self.intervalMin)
    }

    /// The primary asked last gave nothing of use: the next is asked, and after the last of them it is time to wait.
    package mutating func failed(at now: Duration) {
        primary = (primary + 1) % primaryCount
        failureCount += 1
        guard failureCount >= primaryCount else { return }
        failureCount = 0
        let pause = min(Self.firstPause * (1 << min(rounds, 6)), Self.pauseMax)
        rounds += 1
        askTime = now + (!hasCopy ? pause : isBehind ? min(pause, retry) : retry)
    }

    /// This primary says that it has a new version.
    package mutating func notified(by primary: Int, at now: Duration) {
        self.primary = primary
        (failureCount, rounds, isBehind) = (0, 0, true)
        askTime = now
    }
}

extension ZoneRecord {
    /// Of an SOA record: REFRESH, RETRY and EXPIRE.
    var soaTimers: (refresh: Duration, retry: Duration, expire: Duration) {
        guard type == .soa, rdata.count > 20 else { return (.zero, .zero, .zero) }
        let numbers = rdata.suffix(20)
        func field(_ index: Int) -> Duration {
            let start = numbers.startIndex + 4 * index
            return .seconds(numbers[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
        return (field(1), field(2), field(3))
    }
}
