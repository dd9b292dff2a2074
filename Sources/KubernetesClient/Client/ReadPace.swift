/// When a connection may be read again: small reads that come thick are held back, so that each finds more.
///
/// All that follows a read (a wake-up, decryption, a task for what was decoded, a new state of the zone) costs more than one
/// event does. Two hundred events a second, evenly spread, are each read as they come; a thousand a second are some fifty
/// reads. A pure value; all times are monotonic, from the same start.
struct ReadPace {
    /// The time in which one small read more is allowed.
    static let interval = Duration.milliseconds(4)
    /// The same at most, while reads that were held back find something at once, and more than one event of the usual size.
    static let intervalMax = Duration.milliseconds(20)
    /// How long `interval` stays longer; then it is tried anew whether as much comes as before.
    static let crowdedTime = Duration.seconds(1)
    /// So many small reads may follow each other at once.
    static let burst = 8
    /// A read of this many octets is no small one: a list comes as fast as it can.
    static let largeOctetCount = 32 << 10

    private var interval = Self.interval
    /// When all of the burst is there again; each small read moves it on.
    private var fullAt: Duration
    /// When `interval` first became longer.
    private var crowdedSince: Duration?
    /// Octets of the largest of the last reads that were not held back.
    private var usualOctetCount = 0

    init(now: Duration) { fullAt = now }

    /// Notes a read that gave `octetCount` octets, or none; `wasAwaited`: it was held back, and they were there already.
    mutating func noteRead(_ octetCount: Int, wasAwaited: Bool, now: Duration) {
        guard octetCount < Self.largeOctetCount else { return }
        if !wasAwaited { usualOctetCount = max(octetCount, usualOctetCount * 3 / 4) }
        if let crowdedSince, now - crowdedSince >= Self.crowdedTime || octetCount <= usualOctetCount * 3 / 2 {
            self.crowdedSince = nil
            set(Self.interval, now: now)
        } else if wasAwaited, interval < Self.intervalMax {
            crowdedSince = crowdedSince ?? now
            set(min(interval * 2, Self.intervalMax), now: now)
        }
        fullAt = max(fullAt, now) + interval
    }

    /// When the next read may be; a time that has passed means at once.
    var nextReadTime: Duration { fullAt - interval * (Self.burst - 1) }

    /// Of the burst as much is left as before.
    private mutating func set(_ interval: Duration, now: Duration) {
        if fullAt > now { fullAt = now + (fullAt - now) * (interval / self.interval) }
        self.interval = interval
    }
}
