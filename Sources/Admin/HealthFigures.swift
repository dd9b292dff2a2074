/// What the server's own requests for `/health` showed.
struct HealthFigures: Hashable, Sendable {
    /// Whether a `health` directive asks for the page.
    var isEnabled = false
    var durations = DurationHistogram(.request)
    var failureCount: UInt64 = 0
}
