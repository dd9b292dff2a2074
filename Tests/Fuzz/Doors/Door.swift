/// A way in for octets that somebody else wrote: the code behind it, and what must be true of whatever comes out.
protocol Door: SendableMetatype {
    /// As `Scripts/fuzz` and the directories of corpora have it.
    static var name: String { get }

    init() throws

    /// Takes one input; throws where the outcome is one that must not be.
    mutating func take(_ input: RawSpan) throws(Broken)
}

/// A promise that an input has broken, in a sentence.
struct Broken: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Throws with `reason` unless `condition` holds.
func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(Broken) {
    if !condition { throw Broken(reason()) }
}

extension RawSpan {
    /// All octets, copied into memory of just their size.
    var array: [UInt8] {
        // SAFETY: the octets are copied before the closure returns.
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// The octet at `index`, which the span must have.
    func octet(_ index: Int) -> UInt8 {
        precondition(index >= 0 && index < byteCount, "the door reads past its input")
        // SAFETY: inside, as was just looked at; octets have no alignment and no padding.
        return unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
    }
}
