/// How often a reflector may list: a few times at once, then once a minute.
///
/// Whatever makes it list again (410 on every watch, versions that jump, lists that break), this is what bounds it: an
/// outage of `m` minutes costs the server at most `m + burst` lists of a resource.
struct ListBudget: Sendable {
    private static let interval = Duration.seconds(60)

    private let burst: Int

    /// When the budget will be whole again; in the past: it is.
    private var wholeAt = Duration.zero

    init(burst: Int) { self.burst = burst }

    /// Takes one, if one is left.
    mutating func take(_ now: Duration) -> Bool {
        guard now >= nextAt else { return false }
        wholeAt = max(wholeAt, now) + Self.interval
        return true
    }

    /// For a list that cost the server nothing.
    mutating func giveBack() { wholeAt -= Self.interval }

    /// From when on `take` succeeds.
    var nextAt: Duration { wholeAt - Self.interval * (burst - 1) }
}
