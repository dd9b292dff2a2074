/// Why a message or name could not be read, and how many octets into it.
public struct WireError: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        case truncated, badLabelType, nameTooLong, labelTooLong, pointerNotBackward, emptyLabel, badEscape
        case twoOPT, badOPT, badOption, badTSIG
    }

    public var reason: Reason
    public var offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
