/// A zone's name in the form in which names are compared with it.
public struct NameSuffix: Hashable, Sendable {
    /// Folded wire form.
    public let octets: [UInt8]
    public let labelCount: Int

    public init(_ name: Name) {
        octets = name.folded.wire
        labelCount = name.labelCount
    }

    /// Whether `name` is this name or below it.
    public func covers(_ name: borrowing FoldedName) -> Bool {
        labelCount == 0 || name.hasSuffix(octets.rawSpan, labelCount: labelCount)
    }
}
