/// When changes are told: at once as long as they are few, and together where they come one after the other.
///
/// Telling costs the same work for one object as for ten of one part of the zone, and has every worker take a new state. So
/// a number of updates may follow each other at once, and each further one waits until `spacing` lies behind the last, as
/// cells of a leaky bucket do (ITU-T I.371, GCRA). A pure value.
struct TellPacing {
    /// Between two updates while changes go on: 200 updates a second, so that a hundred changes a second show at once.
    static let spacing = Duration.milliseconds(5)
    /// How many updates may come at once after a time without any.
    static let burst = 10

    /// When all that was told would have been told at `spacing`.
    private var endTime: ContinuousClock.Instant?

    /// How long the next update has to wait; nil where it may be told now.
    func pause(at now: ContinuousClock.Instant) -> Duration? {
        guard let endTime else { return nil }
        let pause = endTime - now - Self.spacing * (Self.burst - 1)
        return pause > .zero ? pause : nil
    }

    /// An update is told now.
    mutating func note(at now: ContinuousClock.Instant) {
        endTime = max(endTime ?? now, now) + Self.spacing
    }
}
