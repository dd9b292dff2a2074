import DNSWire
import NetworkAddress

/// An address as a label, in inline memory: `10-1-2-3`, and `fd00--0`, since a label that ends in a dash is no host name.
///
/// The text is the canonical one of RFC 5952, so each address has one label.
struct DashedLabel {
    /// Eight groups of four digits and seven dashes.
    static let octetCountMax = 39

    private var storage = InlineArray<40, UInt8>(repeating: 0)
    private(set) var count = 0

    init(_ address: IPAddress) {
        if address.family == .ipv4 {
            append(quad: UInt32(truncatingIfNeeded: address.low))
        } else if Self.isMapped(address) {
            append("--ffff-")
            append(quad: UInt32(truncatingIfNeeded: address.low))
        } else {
            append(groupsOf: address)
        }
    }

    /// Whether reading the label gives the address back: not so for IPv4-mapped ones, whose text ends in dotted decimal.
    static func isReversible(_ address: IPAddress) -> Bool { !isMapped(address) }

    private static func isMapped(_ address: IPAddress) -> Bool {
        address.family == .ipv6 && address.high == 0 && address.low >> 32 == 0xFFFF
    }

    var octets: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: an octet has no padding.
            unsafe storage.span.bytes.extracting(first: count)
        }
    }

    /// Whether `label`, in lower case, is this label.
    func equals(_ label: RawSpan) -> Bool {
        guard label.byteCount == count else { return false }
        for index in 0..<count where label[unchecked8: index] != storage[index] { return false }
        return true
    }

    private mutating func append(quad: UInt32) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            let octet = UInt8(truncatingIfNeeded: quad >> shift)
            if octet >= 100 { append(digit: octet / 100) }
            if octet >= 10 { append(digit: octet / 10 % 10) }
            append(digit: octet % 10)
            if shift > 0 { append(UInt8(ascii: "-")) }
        }
    }

    /// RFC 5952 §4.2: the first of the longest runs of zero groups becomes `--`, if it has two groups or more.
    private mutating func append(groupsOf address: IPAddress) {
        let gap = Self.longestZeroRun(address)
        var index = 0
        while index < 8 {
            if index == gap.lowerBound && !gap.isEmpty {
                append("--")
                index = gap.upperBound
                if index == 8 { append(digit: 0) }
                continue
            }
            if index > 0 && (gap.isEmpty || index != gap.upperBound) { append(UInt8(ascii: "-")) }
            append(group: Self.group(address, index))
            index += 1
        }
    }

    private static func group(_ address: IPAddress, _ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: (index < 4 ? address.high : address.low) >> UInt64(48 - 16 * (index & 3)))
    }

    private static func longestZeroRun(_ address: IPAddress) -> Range<Int> {
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8 && group(address, end) == 0 { end += 1 }
            if end - start >= 2 && end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }

    private mutating func append(group: UInt16) {
        var isLeading = true
        for shift in stride(from: UInt16(12), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: group >> shift & 0xF)
            if digit == 0 && isLeading && shift > 0 { continue }
            isLeading = false
            append(digit: digit)
        }
    }

    private mutating func append(digit: UInt8) { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }

    private mutating func append(_ text: StaticString) {
        // SAFETY: `index` is below the literal's length.
        for index in 0..<text.utf8CodeUnitCount { append(unsafe text.utf8Start[index]) }
    }

    private mutating func append(_ octet: UInt8) {
        storage[count] = octet
        count += 1
    }
}
