/// SOA serials that never go backward, not even across restarts: the time in seconds, or one more than the last.
///
/// Pure: what must be on disk before a serial is used comes back as a mark.
package struct SerialNumbers: Hashable, Sendable {
    /// How far ahead of a serial the mark on disk is set, so that it is seldom written.
    private static let stride: UInt32 = 600

    private var last: UInt32
    private var mark: UInt32

    /// `mark` is what the registry file kept; 0 without one.
    package init(mark: UInt32 = 0) {
        last = mark
        self.mark = mark
    }

    /// The next serial, and the mark to store first where there is a new one.
    package mutating func next(now: UInt32) -> (serial: UInt32, mark: UInt32?) {
        last = max(now, last &+ 1)
        guard last >= mark else { return (last, nil) }
        mark = last &+ Self.stride
        return (last, mark)
    }
}
