import DNSWire
import NetworkAddress

/// Reads `1-2-3-4` and `fd00--1` from a label's octets, without heap memory: names of endpoints and, under `pods insecure`, of Pods.
enum DashedAddress {
    /// Three dashes and no two side by side mean IPv4, anything else IPv6; nil where that is no address.
    static func read(_ label: RawSpan) -> IPAddress? {
        var (dashes, hasDouble) = (0, false)
        for index in 0..<label.byteCount where isDash(label, index) {
            dashes += 1
            hasDouble = hasDouble || (index > 0 && isDash(label, index - 1))
        }
        return dashes == 3 && !hasDouble ? ipv4(label) : ipv6(label)
    }

    private static func isDash(_ label: RawSpan, _ index: Int) -> Bool { label[unchecked8: index] == UInt8(ascii: "-") }

    private static func ipv4(_ label: RawSpan) -> IPAddress? {
        var (address, octet, digits) = (UInt32(0), UInt32(0), 0)
        for index in 0...label.byteCount {
            if index == label.byteCount || isDash(label, index) {
                guard digits > 0, octet <= 255 else { return nil }
                address = address << 8 | octet
                (octet, digits) = (0, 0)
                continue
            }
            let digit = label[unchecked8: index] &- UInt8(ascii: "0")
            // No leading zeros: each address has one text (Go's and Kubernetes' rule).
            guard digit <= 9, digits < 3, !(digits > 0 && octet == 0) else { return nil }
            octet = octet * 10 + UInt32(digit)
            digits += 1
        }
        return IPAddress(ipv4: address)
    }

    private static func ipv6(_ label: RawSpan) -> IPAddress? {
        var groups = InlineArray<8, UInt16>(repeating: 0)
        var (count, gap) = (0, -1)
        var index = 0
        if label.byteCount >= 2, isDash(label, 0), isDash(label, 1) { (gap, index) = (0, 2) }
        while index < label.byteCount {
            guard count < 8, let (group, end) = group(label, from: index) else { return nil }
            groups[count] = group
            count += 1
            index = end
            guard index < label.byteCount else { break }
            index += 1
            if index < label.byteCount, isDash(label, index) {
                guard gap < 0 else { return nil }
                (gap, index) = (count, index + 1)
            } else if index == label.byteCount {
                return nil
            }
        }
        return assemble(groups, count: count, gap: gap)
    }

    /// Up to four hexadecimal digits, ended by a dash or the label's end.
    private static func group(_ label: RawSpan, from start: Int) -> (UInt16, Int)? {
        var (value, at) = (UInt16(0), start)
        while at < label.byteCount, !isDash(label, at) {
            guard at - start < 4, let digit = hexadecimal(label[unchecked8: at]) else { return nil }
            value = value << 4 | UInt16(digit)
            at += 1
        }
        return at > start ? (value, at) : nil
    }

    private static func hexadecimal(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x61...0x66: octet - 0x57
        default: nil
        }
    }

    private static func assemble(_ groups: InlineArray<8, UInt16>, count: Int, gap: Int) -> IPAddress? {
        guard gap >= 0 ? count <= 7 : count == 8 else { return nil }
        var (high, low) = (UInt64(0), UInt64(0))
        for place in 0..<8 {
            let fromEnd = 8 - place
            let index = gap < 0 || place < gap ? place : count - fromEnd
            let group = gap >= 0 && (index < gap && place >= gap) ? 0 : groups[index]
            if place < 4 { high = high << 16 | UInt64(group) } else { low = low << 16 | UInt64(group) }
        }
        return IPAddress(high: high, low: low)
    }
}
