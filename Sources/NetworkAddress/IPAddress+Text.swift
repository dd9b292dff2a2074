extension IPAddress: CustomStringConvertible {
    /// Reads dotted-quad IPv4 (no leading zeros, as Go and Kubernetes do) or RFC 4291 IPv6 text; nil for anything else.
    package init?(_ text: some StringProtocol) {
        self.init(utf8: Array(text.utf8).span)
    }

    /// Reads the same text from its octets.
    package init?(utf8 octets: Span<UInt8>) {
        if let value = Self.dottedQuad(octets) {
            self.init(ipv4: value)
            return
        }
        guard octets.count <= 45, let groups = Self.groups(octets.indices.map { octets[$0] }[...]) else { return nil }
        self.init(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    /// The canonical text: dotted quad, or RFC 5952 (lower case, the longest run of zero groups as `::`).
    package var description: String {
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

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        guard let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else {
            guard let all = plainGroups(text), all.count == 8 else { return nil }
            return all
        }
        let (front, back) = (text[..<gap], text[(gap + 2)...])
        guard let head = front.isEmpty ? [] : plainGroups(front), let tail = back.isEmpty ? [] : plainGroups(back),
            head.count + tail.count <= 7, !front.contains(UInt8(ascii: "."))
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// Groups between single colons; the last may be a dotted quad, which stands for two.
    private static func plainGroups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let quad = dottedQuad(part.span) else { return nil }
                groups += [UInt16(truncatingIfNeeded: quad >> 16), UInt16(truncatingIfNeeded: quad)]
                continue
            }
            guard (1...4).contains(part.count), let group = hexadecimalGroup(part) else { return nil }
            groups.append(group)
        }
        return groups
    }

    private static func hexadecimalGroup(_ digits: ArraySlice<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt16(digit - 0x30)
            case 0x41...0x46: value = value << 4 | UInt16(digit - 0x37)
            case 0x61...0x66: value = value << 4 | UInt16(digit - 0x57)
            default: return nil
            }
        }
        return value
    }
}
