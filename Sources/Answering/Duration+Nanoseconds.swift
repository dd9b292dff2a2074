extension Duration {
    /// Whole nanoseconds, as the monotonic clock counts them; 0 for what is negative.
    package var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, isOver) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return isOver ? .max >> 1 : product &+ UInt64(attoseconds / 1_000_000_000)
    }
}
