/// Why a message or name could not be read, and how many octets into it.
package struct WireError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case truncated, badLabelType, nameTooLong, labelTooLong, pointerNotBackward, emptyLabel, badEscape
        case twoOPT, badOPT, badOption
    }

    package var reason: Reason
    package var offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
