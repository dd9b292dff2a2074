/// A name put together label by label without heap memory; for names that are computed from another name.
public struct NameAssembly: ~Copyable {
    private var octets = InlineArray<256, UInt8>(repeating: 0)
    private var count = 0
    /// True once something did not fit; the name is then no name.
    private var isOverflown = false
    /// Where the length of the label lies that octets are added to; nil between labels.
    private var openLabel: Int?

    public init() {}

    /// Appends a label, with an underscore in front where it has none and `underscored` asks for one.
    public mutating func append(label: RawSpan, underscored: Bool = false) {
        let addsUnderscore = underscored && (label.byteCount == 0 || label[unchecked8: 0] != UInt8(ascii: "_"))
        let length = label.byteCount + (addsUnderscore ? 1 : 0)
        guard length <= Name.labelOctetCountMax, count + length + 1 < Name.octetCountMax else {
            isOverflown = true
            return
        }
        put(UInt8(length))
        if addsUnderscore { put(UInt8(ascii: "_")) }
        for index in 0..<label.byteCount { put(label[unchecked8: index]) }
    }

    /// Appends the labels of `name` from the given one to the root: the name is complete.
    public mutating func append(_ name: borrowing FoldedName, fromLabel label: Int) {
        let suffix = name.octets.extracting(name.labelOffset(label)..<name.octetCount)
        guard !isOverflown, count + suffix.byteCount <= Name.octetCountMax else {
            isOverflown = true
            return
        }
        for index in 0..<suffix.byteCount { put(suffix[unchecked8: index]) }
    }

    /// Adds an octet to the label being written, or starts one with it.
    public mutating func append(octet: UInt8) {
        let start = openLabel ?? count
        let needed = openLabel == nil ? 3 : 2  // with the root's length behind it
        guard !isOverflown, count - start <= Name.labelOctetCountMax, count + needed <= Name.octetCountMax else {
            isOverflown = true
            return
        }
        if openLabel == nil {
            openLabel = start
            put(0)
        }
        put(octet)
        octets[start] += 1
    }

    /// Ends the label being written; there is no name where it has no octets.
    public mutating func endLabel() {
        if openLabel == nil { isOverflown = true }
        openLabel = nil
    }

    /// Ends the name after its last label.
    public mutating func endName() {
        if openLabel != nil { endLabel() }
        guard !isOverflown else { return }
        put(0)
    }

    /// Makes the assembled name the value of `target`; false when it went over a limit.
    public func write(to target: inout FoldedName) -> Bool {
        guard !isOverflown else { return false }
        // SAFETY: an octet has no padding.
        return (try? target.read(from: unsafe octets.span.bytes, at: 0)) != nil
    }

    private mutating func put(_ octet: UInt8) {
        octets[count] = octet
        count += 1
    }
}

extension FoldedName {
    /// Where the length octet of a label lies; `labelCount` gives the root's.
    public func labelOffset(_ label: Int) -> Int { suffixOffset(labelCount: labelCount - label) }

    /// The text of a label, counted from the most specific.
    @_lifetime(borrow self)
    public func label(_ index: Int) -> RawSpan { octets.extracting(labelRange(index)) }

    /// Whether a label has exactly the octets of `text`, which is lower case.
    public func label(_ index: Int, is text: StaticString) -> Bool {
        let label = label(index)
        guard label.byteCount == text.utf8CodeUnitCount else { return false }
        for offset in 0..<label.byteCount {
            // SAFETY: `offset` is below the literal's length.
            if unsafe text.utf8Start[offset] != label[unchecked8: offset] { return false }
        }
        return true
    }

    /// Takes the part of `other` from a label to the root.
    public mutating func set(_ other: borrowing FoldedName, fromLabel label: Int) {
        // A suffix of a valid name is a valid name.
        _ = try? read(from: other.octets, at: other.labelOffset(label))
    }
}
