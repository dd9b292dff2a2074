/// How long to wait before the next try; every wait is jittered, so that servers do not meet all clients at once.
///
/// A wait grows with the time the trouble has lasted, not with the number of tries: it is at most a twentieth of it. So
/// what was broken for `t` is right again after `max(0.8 s, t / 20)`, and an hour of refusals costs some 220 requests.
/// What is refused before any work is done for it is asked for every second or so, and what nobody may ever want less
/// and less often: a wait of a sixth is every 30 s after three minutes.
struct Backoff: Sendable {
    /// The shortest wait, in milliseconds.
    static let quickMilliseconds: ClosedRange<Int64> = 500...800
    static let longest = Duration.seconds(30)
    /// How long the shortest waits go on where refusals are cheap, and the waits after that, in milliseconds.
    private static let promptPeriod = Duration.seconds(60)
    private static let steadyMilliseconds: ClosedRange<Int64> = 1000...1500
    private static let share = 20
    private static let settledShare = 6

    private var random: JitterSource
    /// When the trouble began; nil while there is none.
    private(set) var troubledSince: Duration?

    init(seed: UInt64) { random = JitterSource(state: seed) }

    mutating func begin(_ now: Duration) { troubledSince = troubledSince ?? now }
    mutating func end() { troubledSince = nil }

    /// For a refused connection, which costs nobody anything.
    mutating func quick() -> Duration { .milliseconds(Int64.random(in: Self.quickMilliseconds, using: &random)) }

    /// For what costs the server work.
    mutating func grown(_ now: Duration) -> Duration { share(Self.share, now) }

    /// For what is refused by its path or verb alone: nothing was read for it, and once granted it is wanted at once.
    ///
    /// Rights and definitions come late after a server's start, too.
    mutating func prompt(_ now: Duration) -> Duration {
        guard now - (troubledSince ?? now) >= Self.promptPeriod else { return quick() }
        return .milliseconds(Int64.random(in: Self.steadyMilliseconds, using: &random))
    }

    /// For what is missing and need not be there.
    mutating func settled(_ now: Duration) -> Duration { share(Self.settledShare, now) }

    private mutating func share(_ share: Int, _ now: Duration) -> Duration {
        let lasted = now - (troubledSince ?? now)
        let jitter = Int64.random(in: 80...100, using: &random)
        return max(quick(), min(lasted / share, Self.longest) * jitter / 100)
    }

    /// Seconds for `timeoutSeconds`, each of the range as likely as the others.
    mutating func seconds(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
}

/// Random numbers for jitter, the same in every run with one seed (SplitMix64: Steele, Lea, Flood, 2014).
private struct JitterSource: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
