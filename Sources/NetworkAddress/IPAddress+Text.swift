extension IPAddress: CustomStringConvertible {
    /// Reads dotted-quad IPv4 (no leading zeros, as Go and Kubernetes do) or RFC 4291 IPv6 text; nil for anything else.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: Array(text.utf8).span)
    }

    /// Reads the same text from its octets.
    public init?(utf8 octets: Span<UInt8>) {
        if let value = Self.dottedQuad(octets) {
            self.init(ipv4: value)
            return
        }
        guard octets.count <= 45, let groups = Self.groups(octets) else { return nil }
        self.init(high: groups.high, low: groups.low)
    }

    /// The canonical text: dotted quad, or RFC 5952 (lower case, the longest run of zero groups as `::`).
    public var description: String {
        if family == .ipv4 { return (0..<4).map { String(self[octet: $0]) }.joined(separator: ".") }
        if high == 0 && low >> 32 == 0xFFFF {
            return "::ffff:" + IPAddress(ipv4: UInt32(truncatingIfNeeded: low)).description
        }
        let groups = (0..<8).map { UInt16(self[octet: 2 * $0]) << 8 | UInt16(self[octet: 2 * $0 + 1]) }
        guard let zeros = Self.longestZeroRun(groups) else { return Self.hexadecimal(groups[...]) }
        return Self.hexadecimal(groups[..<zeros.lowerBound]) + "::" + Self.hexadecimal(groups[zeros.upperBound...])
    }

    private static func hexadecimal(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// RFC 5952 §4.2: the first of the longest runs, and only runs of two groups or more.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < 8 {
            var end = start
            while end < 8 && groups[end] == 0 { end += 1 }
            if end - start >= 2 && end - start > (best?.count ?? 0) { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }

    private static func dottedQuad(_ text: Span<UInt8>) -> UInt32? {
        var (value, part): (UInt32, UInt32) = (0, 0)
        var (dots, digits) = (0, 0)
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: ".") where digits > 0 && dots < 3:
                value = value << 8 | part
                (part, digits, dots) = (0, 0, dots + 1)
            case 0x30...0x39 where digits == 0 || part > 0:
                part = part * 10 + UInt32(text[index] - 0x30)
                digits += 1
                guard part <= 255 else { return nil }
            default: return nil
            }
        }
        return dots == 3 && digits > 0 ? value << 8 | part : nil
    }

    /// Eight groups, or fewer around one `::`; the last may be a dotted quad, which stands for two.
    private static func groups(_ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
        let colon = UInt8(ascii: ":")
        // What stands before `::`, or the whole, and what stands behind it.
        var (front, back) = (GroupRun(), GroupRun())
        var hasGap = false
        var at = 0
        if text.count >= 2, text[0] == colon, text[1] == colon { (hasGap, at) = (true, 2) }
        while at < text.count {
            var end = at
            while end < text.count, text[end] != colon { end += 1 }
            let part = text.extracting(at..<end)
            guard hasGap ? back.append(part, isLast: end == text.count) : front.append(part, isLast: end == text.count)
            else { return nil }
            if end == text.count { break }
            at = end + 1
            if at < text.count, text[at] == colon {
                guard !hasGap else { return nil }
                (hasGap, at) = (true, at + 1)
            } else if at == text.count {
                return nil
            }
        }
        guard hasGap ? front.count + back.count <= 7 : front.count == 8 else { return nil }
        let value = front.value << UInt128(16 * (8 - front.count)) | back.value
        return (UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
    }

    /// Groups one behind the other.
    private struct GroupRun {
        private(set) var value: UInt128 = 0
        private(set) var count = 0

        /// Takes one to four hexadecimal digits, as the last part a dotted quad too; false for anything else.
        mutating func append(_ text: Span<UInt8>, isLast: Bool) -> Bool {
            if isLast, let quad = IPAddress.dottedQuad(text) {
                (value, count) = (value << 32 | UInt128(quad), count + 2)
                return count <= 8
            }
            guard (1...4).contains(text.count), count < 8 else { return false }
            var group: UInt16 = 0
            for index in text.indices {
                guard let digit = IPAddress.hexadecimalDigit(text[index]) else { return false }
                group = group << 4 | UInt16(digit)
            }
            (value, count) = (value << 16 | UInt128(group), count + 1)
            return true
        }
    }

    private static func hexadecimalDigit(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x37
        case 0x61...0x66: octet - 0x57
        default: nil
        }
    }
}
