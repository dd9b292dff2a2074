import Synchronization

/// The name a lookup is for: folded to lower case, hashed, its labels located; no heap memory.
///
/// One value is reused for every query of a worker. The octets past `octetCount` up to the next multiple of eight are 0,
/// so names compare and hash word by word.
public struct FoldedName: ~Copyable, Sendable {
    /// `octetCount` octets of wire form, in words as they lie in memory.
    private var words = InlineArray<32, UInt64>(repeating: 0)
    /// Where each label's length octet lies; valid up to `labelCount`.
    private(set) var labelOffsets = InlineArray<128, UInt8>(repeating: 0)
    /// With the root label: 1-255.
    public private(set) var octetCount = 1
    /// Without the root label: 0-127.
    public private(set) var labelCount = 0
    public private(set) var hash: UInt64 = 0
    /// An atomic lives at one address, and so does all that holds one: a name is passed by address, never copied whole.
    private let pin = Atomic(false)
    /// A copy: a global is asked for with a call.
    private let seed = NameHasher.seed

    public init() {}

    /// Reads the uncompressed name at `start`, and returns the offset just past it.
    ///
    /// Throws `truncated`, `badLabelType` (compression pointers too: nothing lies before a question that one could aim at)
    /// or `nameTooLong`; the value then holds no valid name.
    public mutating func read(from message: RawSpan, at start: Int) throws(WireError) -> Int {
        let room = min(message.byteCount - start, Name.octetCountMax)
        // Where the label starts, and the one before it.
        var (offset, last) = (0, 0)
        var count = 0
        while true {
            guard offset < room else {
                guard room == Name.octetCountMax else { throw WireError(.truncated, at: start + offset) }
                throw WireError(.nameTooLong, at: start + last)
            }
            // SAFETY: `offset` is not negative and below `room`, which ends inside the message.
            let length = unsafe message.unsafeLoad(fromUncheckedByteOffset: start &+ offset, as: UInt8.self)
            if length == 0 { break }
            guard length <= UInt8(Name.labelOctetCountMax) else { throw WireError(.badLabelType, at: start + offset) }
            // SAFETY: a label takes two octets at least, so that fewer than 128 start below `room`.
            unsafe labelOffsets[unchecked: count] = UInt8(truncatingIfNeeded: offset)
            count &+= 1
            last = offset
            offset &+= 1 &+ Int(length)
        }
        labelCount = count
        octetCount = offset + 1
        fold(message, from: start)
        return start + octetCount
    }

    /// Reads the name at `start`, following pointers, each of which must aim before the segment that holds it.
    ///
    /// Throws as `read` does, and `pointerNotBackward`.
    public mutating func readCompressed(from message: RawSpan, at start: Int) throws(WireError) {
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
    public mutating func set(_ name: Name) {
        // A Name holds no pointer and ends within its octets, so reading it cannot fail.
        _ = try? read(from: name.wire.rawSpan, at: 0)
    }

    /// Takes the octets of the name at `start`, which lie in the message.
    private mutating func fold(_ message: RawSpan, from start: Int) {
        var hasher = NameHasher(seed: seed)
        let name = message.extracting(start..<start + octetCount)
        let whole = octetCount / 8
        for index in 0..<whole {
            // SAFETY: eight octets are left at eight times `index`, and 32 words hold the longest name.
            let octets = unsafe name.unsafeLoadUnaligned(fromUncheckedByteOffset: index &* 8, as: UInt64.self)
            let word = CaseFolding.fold(octets)
            unsafe words[unchecked: index] = word
            hasher.combine(word)
        }
        if whole * 8 < octetCount {
            let rest = octetCount - whole * 8
            let word = CaseFolding.fold(Self.tail(message, at: start + whole * 8, count: rest))
            words[whole] = word
            hasher.combine(word)
        }
        hash = hasher.finish(octetCount: octetCount)
    }

    /// The last 1-7 octets of a name as a word filled up with zeros.
    static func tail(_ message: RawSpan, at start: Int, count: Int) -> UInt64 {
        // Eight octets are one load, those behind or before the tail among them; only of less they are gathered.
        if start + 8 <= message.byteCount {
            return UInt64(littleEndian: message[word64: start]) & (1 << UInt64(8 * count) &- 1)
        }
        let end = start + count
        if end >= 8 { return UInt64(littleEndian: message[word64: end - 8]) >> UInt64(8 * (8 - count)) }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(message[unchecked8: start + index]) << UInt64(8 * index) }
        return word
    }

    /// The folded octets with zeros up to a multiple of eight.
    public var octets: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: words have no padding, so each of their octets is initialised.
            unsafe words.span.bytes.extracting(first: octetCount)
        }
    }

    /// The octet offset of the suffix that has `count` labels; 0 when that is the whole name.
    @inline(__always)
    public func suffixOffset(labelCount count: Int) -> Int {
        precondition(count >= 0 && count <= labelCount, "a suffix has at most as many labels as the name")
        return count == 0 ? octetCount - 1 : Int(labelOffsets[labelCount - count])
    }

    /// The octet range of a label's text, counted from the most specific label.
    public func labelRange(_ index: Int) -> Range<Int> {
        precondition(index >= 0 && index < labelCount, "the name has no such label")
        let offset = Int(labelOffsets[index])
        return offset + 1..<offset + 1 + Int(octet(at: offset))
    }

    /// Whether the name is `suffix` or below it; `suffix` is folded wire form with `labels` labels.
    public func hasSuffix(_ suffix: RawSpan, labelCount labels: Int) -> Bool {
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
    public func word(_ index: Int) -> UInt64 { words[index] }

    private func octet(at offset: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[offset >> 3].littleEndian >> UInt64(8 * (offset & 7)))
    }

    /// A copy for the control plane (logs, the `lookup` command); allocates.
    public var name: Name {
        var labels: [[UInt8]] = []
        for index in 0..<labelCount { labels.append(labelRange(index).map { octets[unchecked8: $0] }) }
        return (try? Name(labels: labels)) ?? .root
    }
}

/// The hash of folded names: word by word, seeded once a process so that nobody can choose colliding names.
public struct NameHasher {
    public static let seed = UInt64.random(in: .min ... .max)
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var state: UInt64

    public init() { state = NameHasher.seed }

    public init(seed: UInt64) { state = seed }

    @inline(__always)
    public mutating func combine(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: Self.multiplier)
        state = product.low ^ product.high
    }

    @inline(__always)
    public consuming func finish(octetCount: Int) -> UInt64 {
        combine(UInt64(truncatingIfNeeded: octetCount))
        return state
    }

    /// The hash that `FoldedName` gives a name in wire form, in whatever case.
    public static func hash(_ octets: RawSpan) -> UInt64 { hash(octets, seed: seed) }

    @inline(__always)
    private static func hash(_ octets: RawSpan, seed: UInt64) -> UInt64 {
        var hasher = NameHasher(seed: seed)
        var at = 0
        while at + 8 <= octets.byteCount {
            hasher.combine(CaseFolding.fold(octets[word64: at]))
            at += 8
        }
        if at < octets.byteCount {
            hasher.combine(CaseFolding.fold(FoldedName.tail(octets, at: at, count: octets.byteCount - at)))
        }
        return hasher.finish(octetCount: octets.byteCount)
    }

    /// The hash of the uncompressed name at `start`; of whatever octets are there where it cannot be read.
    ///
    /// For looking ahead: it says nothing about whether there is a name.
    @inline(__always)
    public static func guess(_ message: RawSpan, at start: Int, seed: UInt64) -> UInt64 {
        var end = start
        while end < message.byteCount, case let length = message[unchecked8: end], length > 0 { end += 1 + Int(length) }
        end = min(end + 1, message.byteCount, start + Name.octetCountMax)
        return end > start ? hash(message.extracting(start..<end), seed: seed) : 0
    }
}
