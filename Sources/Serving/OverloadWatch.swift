/// Tells whether more comes than a worker can answer: whenever it looks, a whole batch waits already.
///
/// Once it is too much it is over when no batch was full for a while: a worker that turns queries away is now and then
/// faster than they come.
struct OverloadWatch {
    /// A burst is over sooner.
    private static let burstNanoseconds: UInt64 = 100_000_000

    private static let restNanoseconds: UInt64 = 50_000_000

    /// Since when every batch was full; nil where the last one was not.
    private var fullSince: UInt64?
    private var isTooMuch = false
    private var lastFull: UInt64 = 0

    /// Takes the size of a batch received at `now`; returns whether there is too much, and calls `change` when that does.
    mutating func note(_ count: Int, of capacity: Int, at now: UInt64, _ change: (Bool) -> Void) -> Bool {
        let since = count == capacity ? fullSince ?? now : nil
        fullSince = since
        if since != nil { lastFull = now }
        let before = isTooMuch
        let lasts = isTooMuch && now &- lastFull < Self.restNanoseconds
        isTooMuch = lasts || since.map { now &- $0 >= Self.burstNanoseconds } ?? false
        if isTooMuch != before { change(isTooMuch) }
        return isTooMuch
    }
}
