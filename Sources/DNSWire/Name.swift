/// A domain name in wire form, its case kept; compared and hashed without regard to case (RFC 4343).
///
/// Always valid: labels of 1-63 octets, at most 255 octets with the root label. Octets are opaque.
public struct Name: Sendable {
    public static let octetCountMax = 255
    public static let labelOctetCountMax = 63

    /// Length-prefixed labels, ending with the root's 0.
    public let wire: [UInt8]

    public static let root = Name(validated: [0])

    private init(validated wire: [UInt8]) { self.wire = wire }

    /// Joins labels, most specific first; throws `labelTooLong`, `emptyLabel` or `nameTooLong`.
    public init(labels: some Sequence<some Collection<UInt8>>) throws(WireError) {
        var wire: [UInt8] = []
        for label in labels {
            guard !label.isEmpty else { throw WireError(.emptyLabel, at: wire.count) }
            guard label.count <= Self.labelOctetCountMax else { throw WireError(.labelTooLong, at: wire.count) }
            wire.append(UInt8(label.count))
            wire.append(contentsOf: label)
        }
        wire.append(0)
        guard wire.count <= Self.octetCountMax else { throw WireError(.nameTooLong, at: Self.octetCountMax) }
        self.wire = wire
    }

    /// Reads the name at `at`, which may be compressed, and moves past it.
    ///
    /// A pointer must aim before the segment that holds it, so the walk ends (RFC 1035 §4.1.4).
    public init(reading message: RawSpan, at: inout Int) throws(WireError) {
        var wire: [UInt8] = []
        wire.reserveCapacity(32)
        var (place, segment) = (at, at)
        var end: Int?
        while true {
            let length = try message.octet(at: place)
            switch length >> 6 {
            case 0b00:
                let next = place + 1 + Int(length)
                guard next <= message.byteCount else { throw WireError(.truncated, at: message.byteCount) }
                guard wire.count + 1 + Int(length) <= Self.octetCountMax else { throw WireError(.nameTooLong, at: at) }
                wire.append(octetsOf: message.extracting(place..<next))
                place = next
                if length == 0 {
                    at = end ?? place
                    self.wire = wire
                    return
                }
            case 0b11:
                let target = Int(try message.uint16(at: place) & 0x3FFF)
                guard target < segment else { throw WireError(.pointerNotBackward, at: place) }
                end = end ?? place + 2
                (place, segment) = (target, target)
            default:
                throw WireError(.badLabelType, at: place)
            }
        }
    }

    /// Reads presentation format (RFC 1035 §5.1): `\.`, `\\`, `\DDD`; a final dot is optional, `.` is the root.
    public init(_ text: some StringProtocol) throws(WireError) {
        guard text != "." && text != "" else {
            self = .root
            return
        }
        var labels: [[UInt8]] = [[]]
        let octets = Array(text.utf8)
        var at = 0
        while at < octets.count {
            switch octets[at] {
            case UInt8(ascii: "."):
                if at + 1 < octets.count { labels.append([]) }
                at += 1
            case UInt8(ascii: "\\"):
                let (octet, length) = try Self.escape(octets[at...])
                labels[labels.count - 1].append(octet)
                at += length
            default:
                labels[labels.count - 1].append(octets[at])
                at += 1
            }
        }
        try self.init(labels: labels)
    }

    private static func escape(_ text: ArraySlice<UInt8>) throws(WireError) -> (octet: UInt8, length: Int) {
        let start = text.startIndex
        guard text.count >= 2 else { throw WireError(.badEscape, at: start) }
        guard (0x30...0x39).contains(text[start + 1]) else { return (text[start + 1], 2) }
        guard text.count >= 4, let value = UInt8(String(decoding: text[start + 1...start + 3], as: UTF8.self)) else {
            throw WireError(.badEscape, at: start)
        }
        return (value, 4)
    }

    /// The number of labels, the root's not counted.
    public var labelCount: Int { labels.count }

    /// The labels, most specific first, without their lengths and without the root.
    public var labels: [ArraySlice<UInt8>] {
        var labels: [ArraySlice<UInt8>] = []
        var at = 0
        while wire[at] != 0 {
            let end = at + 1 + Int(wire[at])
            labels.append(wire[at + 1..<end])
            at = end
        }
        return labels
    }

    /// The same name with `A`-`Z` in lower case.
    public var folded: Name { Name(validated: wire.map(CaseFolding.fold)) }

    /// The name without its first label; nil for the root.
    public var parent: Name? {
        wire[0] == 0 ? nil : Name(validated: Array(wire[(1 + Int(wire[0]))...]))
    }

    /// Puts `label` before this name; throws when a limit is passed.
    public func prepending(_ label: some Collection<UInt8>) throws(WireError) -> Name {
        guard !label.isEmpty else { throw WireError(.emptyLabel, at: 0) }
        guard label.count <= Self.labelOctetCountMax else { throw WireError(.labelTooLong, at: 0) }
        guard wire.count + label.count + 1 <= Self.octetCountMax else {
            throw WireError(.nameTooLong, at: Self.octetCountMax)
        }
        return Name(validated: [UInt8(label.count)] + Array(label) + wire)
    }

    public func prepending(_ label: some StringProtocol) throws(WireError) -> Name {
        try prepending(Array(label.utf8))
    }

    /// True for the name itself and for every name below it.
    public func isAtOrBelow(_ ancestor: Name) -> Bool {
        let (own, other) = (labels, ancestor.labels)
        guard own.count >= other.count else { return false }
        return zip(own.suffix(other.count), other).allSatisfy { $0.elementsEqual($1, by: Self.equal) }
    }

    private static func equal(_ left: UInt8, _ right: UInt8) -> Bool {
        CaseFolding.fold(left) == CaseFolding.fold(right)
    }
}

extension Name: Hashable {
    public static func == (left: Name, right: Name) -> Bool {
        guard left.wire.count == right.wire.count else { return false }
        return left.wire == right.wire || left.wire.elementsEqual(right.wire, by: equal)
    }

    /// Eight octets at a time: the zone compiler hashes every name several times.
    public func hash(into hasher: inout Hasher) {
        let octets = wire.rawSpan
        var at = 0
        while at + 8 <= octets.byteCount {
            hasher.combine(CaseFolding.fold(octets[word64: at]))
            at += 8
        }
        var tail: UInt64 = 0
        while at < octets.byteCount {
            tail = tail << 8 | UInt64(CaseFolding.fold(octets[unchecked8: at]))
            at += 1
        }
        hasher.combine(tail)
    }
}

extension Name: Comparable {
    /// Canonical DNS order (RFC 4034 §6.1): by labels from the root, each by its folded octets.
    public static func < (left: Name, right: Name) -> Bool {
        for (own, other) in zip(left.labels.reversed(), right.labels.reversed()) {
            let (own, other) = (own.map(CaseFolding.fold), other.map(CaseFolding.fold))
            if own != other { return own.lexicographicallyPrecedes(other) }
        }
        return left.labelCount < right.labelCount
    }
}

extension Name: CustomStringConvertible {
    /// Presentation format with the final dot; octets that are not printable become `\DDD`.
    public var description: String {
        let labels = labels
        return labels.isEmpty ? "." : labels.map { Self.text(of: $0) + "." }.joined()
    }

    /// One label in presentation format.
    public static func text(of label: some Sequence<UInt8>) -> String {
        var text = ""
        for octet in label {
            switch octet {
            case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("),
                UInt8(ascii: ")"), UInt8(ascii: "@"), UInt8(ascii: "$"):
                text += "\\" + String(UnicodeScalar(octet))
            case 0x21...0x7E:
                text.unicodeScalars.append(UnicodeScalar(octet))
            default:
                let digits = String(octet)
                text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return text
    }
}
