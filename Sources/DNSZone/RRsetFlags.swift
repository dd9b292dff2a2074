/// What is particular about an RRset in a `NameBlock`: one octet of its directory entry.
public struct RRsetFlags: Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static var none: RRsetFlags { RRsetFlags(rawValue: 0) }
    /// Kept for synthesis; never the answer to a question for this owner.
    public static var hidden: RRsetFlags { RRsetFlags(rawValue: 1) }
    /// Has no records of its own: they are those of the same TYPE at the ancestor.
    public static var borrowed: RRsetFlags { RRsetFlags(rawValue: 2) }
    /// Each record ends with the ancestor's name, which is left out here.
    public static var relative: RRsetFlags { RRsetFlags(rawValue: 4) }
    /// Each record ends with the address of a name below the owner; in ascending order.
    public static var members: RRsetFlags { RRsetFlags(rawValue: 8) }

    /// The name that `borrowed` and `relative` mean: the owner without this many labels, 0-15.
    public static func ancestor(_ labelCount: Int) -> RRsetFlags {
        precondition((0..<16).contains(labelCount), "four bits count the labels")
        return RRsetFlags(rawValue: UInt8(labelCount) << 4)
    }

    public var ancestorLabelCount: Int { Int(rawValue >> 4) }

    public func contains(_ flag: RRsetFlags) -> Bool { rawValue & flag.rawValue == flag.rawValue }

    public func union(_ other: RRsetFlags) -> RRsetFlags { RRsetFlags(rawValue: rawValue | other.rawValue) }
}
