import Synchronization

/// The name a lookup is for: folded to lower case, hashed, its labels located; no heap memory.
///
/// One value is reused for every query of a worker. The octets past `octetCount` up to the next multiple of eight are 0,
/// so names compare and hash word by word.
package struct FoldedName: ~Copyable {
    /// `octetCount` octets of wire form, in words as they lie in memory.
    private var words = InlineArray<32, UInt64>(repeating: 0)
    /// Where each label's length octet lies; valid up to `labelCount`.
    private(set) var labelOffsets = InlineArray<128, UInt8>(repeating: 0)
    /// With the root label: 1-255.
    package private(set) var octetCount = 1
    /// Without the root label: 0-127.
    package private(set) var labelCount = 0
    package private(set) var hash: UInt64 = 0
    /// An atomic lives at one address, and so does all that holds one: a name is passed by address, never copied whole.
    private let pin = Atomic(false)

    package init() {}

    /// Reads the uncompressed name at `start`, and returns the offset just past it.
    ///
    /// Throws `truncated`, `badLabelType` (compression pointers too: nothing lies before a question that one could aim at)
    /// or `nameTooLong`; the value then holds no valid name.
    package mutating func read(from message: RawSpan, at start: Int) throws(WireError) -> Int {
        var at = start
        var count = 0
        while true {
            let length = try message.octet(at: at)
            if length == 0 { break }
            guard length <= UInt8(Name.labelOctetCountMax) else { throw WireError(.badLabelType, at: at) }
            guard at - start + Int(length) + 2 <= Name.octetCountMax else { throw WireError(.nameTooLong, at: at) }
            labelOffsets[count] = UInt8(truncatingIfNeeded: at - start)
            count += 1
            at += 1 + Int(length)
        }
        labelCount = count
        octetCount = at + 1 - start
        fold(message, from: start)
        return at + 1
    }

    /// Reads the name at `start`, following pointers, each of which must aim before the segment that holds it.
    ///
    /// Throws as `read` does, and `pointerNotBackward`.
    package mutating func readCompressed(from message: RawSpan, at start: Int) throws(WireError) {
        var octets = InlineArray<256, UInt8>(repeating: 0)
        var count = 0
        var (at, segment) = (start, start)
        while true {
            let length = try message.octet(at: at)
            if length >= 0xC0 {
                let target = Int(try message.uint16(at: at) & 0x3FFF)
                guard target < segment else { throw WireError(.pointerNotBackward, at: at) }
                (at, segment) = (target, target)
                continue
            }
            guard count + Int(length) + 1 <= Name.octetCountMax else { throw WireError(.nameTooLong, at: start) }
            guard at + Int(length) < message.byteCount else { throw WireError(.truncated, at: at) }
            for index in 0...Int(length) { octets[count + index] = message[unchecked8: at + index] }
            count += Int(length) + 1
            at += Int(length) + 1
            if length == 0 { break }
        }
        // SAFETY: an octet has no padding.
        _ = try read(from: unsafe octets.span.bytes, at: 0)
    }

    /// Takes a name already in wire form.
    package mutating func set(_ name: Name) {
        // A Name holds no pointer and ends within its octets, so reading it cannot fail.
        _ = try? read(from: name.wire.rawSpan, at: 0)
    }

    private mutating func fold(_ message: RawSpan, from start: Int) {
        var hasher = NameHasher()
        var (index, at) = (0, start)
        let end = start + octetCount
        while at + 8 <= end {
            let word = CaseFolding.fold(message[word64: at])
            words[index] = word
            hasher.combine(word)
            index += 1
            at += 8
        }
        if at < end {
            let word = CaseFolding.fold(Self.tail(message, at: at, count: end - at))
            words[index] = word
            hasher.combine(word)
        }
        hash = hasher.finish(octetCount: octetCount)
    }

    /// The last 1-7 octets of a name as a word filled up with zeros.
    fileprivate static func tail(_ message: RawSpan, at start: Int, count: Int) -> UInt64 {
        // Reading eight octets and masking is one load; only a name at the very end of its buffer is gathered.
        if start + 8 <= message.byteCount {
            return UInt64(littleEndian: message[word64: start]) & (1 << UInt64(8 * count) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(message[unchecked8: start + index]) << UInt64(8 * index) }
        return word
    }

    /// The folded octets with zeros up to a multiple of eight.
    package var octets: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: words have no padding, so each of their octets is initialised.
            unsafe words.span.bytes.extracting(first: octetCount)
        }
    }

    /// The octet offset of the suffix that has `count` labels; 0 when that is the whole name.
    package func suffixOffset(labelCount count: Int) -> Int {
        precondition(count >= 0 && count <= labelCount, "a suffix has at most as many labels as the name")
        return count == 0 ? octetCount - 1 : Int(labelOffsets[labelCount - count])
    }

    /// The octet range of a label's text, counted from the most specific label.
    package func labelRange(_ index: Int) -> Range<Int> {
        precondition(index >= 0 && index < labelCount, "the name has no such label")
        let offset = Int(labelOffsets[index])
        return offset + 1..<offset + 1 + Int(octet(at: offset))
    }

    /// Whether the name is `suffix` or below it; `suffix` is folded wire form with `labels` labels.
    package func hasSuffix(_ suffix: RawSpan, labelCount labels: Int) -> Bool {
        guard labels <= labelCount else { return false }
        let offset = suffixOffset(labelCount: labels)
        guard octetCount - offset == suffix.byteCount else { return false }
        let own = octets
        let last = suffix.byteCount - 8
        var index = 0
        while index < last {
            guard own[word64: offset + index] == suffix[word64: index] else { return false }
            index += 8
        }
        // The last eight octets, some of them for the second time.
        if last >= 0 { return own[word64: offset + last] == suffix[word64: last] }
        for index in 0..<suffix.byteCount where own[unchecked8: offset + index] != suffix[unchecked8: index] {
            return false
        }
        return true
    }

    /// Eight octets of the name in memory order; those past its end are 0.
    package func word(_ index: Int) -> UInt64 { words[index] }

    private func octet(at offset: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[offset >> 3].littleEndian >> UInt64(8 * (offset & 7)))
    }

    /// A copy for the control plane (logs, the `lookup` command); allocates.
    package var name: Name {
        var labels: [[UInt8]] = []
        for index in 0..<labelCount { labels.append(labelRange(index).map { octets[unchecked8: $0] }) }
        return (try? Name(labels: labels)) ?? .root
    }
}

/// The hash of folded names: word by word, seeded once a process so that nobody can choose colliding names.
package struct NameHasher {
    package static let seed = UInt64.random(in: .min ... .max)
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var state = NameHasher.seed

    package init() {}

    @inline(__always)
    package mutating func combine(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: Self.multiplier)
        state = product.low ^ product.high
    }

    @inline(__always)
    package consuming func finish(octetCount: Int) -> UInt64 {
        combine(UInt64(truncatingIfNeeded: octetCount))
        return state
    }

    /// The hash that `FoldedName` gives a name in folded wire form.
    package static func hash(folded octets: RawSpan) -> UInt64 {
        var hasher = NameHasher()
        var at = 0
        while at + 8 <= octets.byteCount {
            hasher.combine(octets[word64: at])
            at += 8
        }
        if at < octets.byteCount {
            hasher.combine(FoldedName.tail(octets, at: at, count: octets.byteCount - at))
        }
        return hasher.finish(octetCount: octets.byteCount)
    }
}
