/// A zone's name in the form in which names are compared with it.
package struct NameSuffix: Hashable, Sendable {
    /// Folded wire form.
    package let octets: [UInt8]
    package let labelCount: Int

    package init(_ name: Name) {
        octets = name.folded.wire
        labelCount = name.labelCount
    }

    /// Whether `name` is this name or below it.
    package func covers(_ name: borrowing FoldedName) -> Bool { name.hasSuffix(octets.rawSpan, labelCount: labelCount) }
}
