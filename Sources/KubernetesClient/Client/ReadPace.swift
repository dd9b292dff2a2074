/// When a connection may be read again: small reads that come thick are held back, so that each finds more.
///
/// A thousand events a second are a hundred reads then, and all that follows a read (a wake-up, decryption, a task for
/// what was decoded, a new state of the zone) is done a hundred times. One event by itself, or a hundred a second evenly
/// spread, is read as it comes.
struct ReadPace {
    /// The time in which one small read more is allowed.
    static let interval = Duration.milliseconds(10)
    /// So many small reads may follow each other at once.
    static let burst = 8
    /// A read of this many octets is no small one: a list comes as fast as it can.
    static let largeOctetCount = 32 << 10

    /// When all of the burst is there again; each small read moves it on.
    private var fullAt: Duration

    /// All times are monotonic, from the same start.
    init(now: Duration) { fullAt = now }

    /// Notes a read that gave `octetCount` octets, or none.
    mutating func noteRead(_ octetCount: Int, now: Duration) {
        guard octetCount < Self.largeOctetCount else { return }
        fullAt = max(fullAt, now) + Self.interval
    }

    /// When the next read may be; a time that has passed means at once.
    var nextReadTime: Duration { fullAt - Self.interval * (Self.burst - 1) }
}
