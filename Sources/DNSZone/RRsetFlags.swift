/// What is particular about an RRset in a `NameBlock`: one octet of its directory entry.
package struct RRsetFlags: Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let none = RRsetFlags(rawValue: 0)
    /// Kept for synthesis; never the answer to a question for this owner.
    package static let hidden = RRsetFlags(rawValue: 1)
    /// Has no records of its own: they are those of the same TYPE at the ancestor.
    package static let borrowed = RRsetFlags(rawValue: 2)
    /// Each record ends with the ancestor's name, which is left out here.
    package static let relative = RRsetFlags(rawValue: 4)
    /// Each record ends with the address of a name below the owner; in ascending order.
    package static let members = RRsetFlags(rawValue: 8)

    /// The name that `borrowed` and `relative` mean: the owner without this many labels, 0-15.
    package static func ancestor(_ labelCount: Int) -> RRsetFlags {
        precondition((0..<16).contains(labelCount), "four bits count the labels")
        return RRsetFlags(rawValue: UInt8(labelCount) << 4)
    }

    package var ancestorLabelCount: Int { Int(rawValue >> 4) }

    package func contains(_ flag: RRsetFlags) -> Bool { rawValue & flag.rawValue == flag.rawValue }

    package func union(_ other: RRsetFlags) -> RRsetFlags { RRsetFlags(rawValue: rawValue | other.rawValue) }
}
