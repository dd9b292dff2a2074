import DNSWire

/// Whether RDATA has the form its TYPE asks for, names uncompressed: what a look-up or a client would trip over.
enum RDATAShape {
    private enum Part { case octets(Int), name, string, rest, strings, bitmap }

    /// The parts of the types that this server or its clients read; others are any octets (RFC 3597).
    private static func parts(of type: RRType) -> [Part]? {
        switch type.rawValue {
        case 1: [.octets(4)]
        case 28: [.octets(16)]
        case 2, 5, 12, 39: [.name]
        case 6: [.name, .name, .octets(20)]
        case 13: [.string, .string]
        case 15, 18, 21: [.octets(2), .name]
        case 16, 99: [.strings]
        case 17, 14: [.name, .name]
        case 33: [.octets(6), .name]
        case 35: [.octets(4), .string, .string, .string, .name]
        case 43, 48, 59, 60: [.octets(4), .rest]
        case 46: [.octets(18), .name, .rest]
        case 47: [.name, .bitmap]
        case 50: [.octets(4), .string, .string, .bitmap]
        case 51: [.octets(4), .string]
        case 64, 65: [.octets(2), .name, .rest]
        default: nil
        }
    }

    static func isValid(_ type: RRType, _ rdata: RawSpan) -> Bool {
        guard rdata.byteCount <= 65_535 else { return false }
        // The two most frequent types first.
        if type == .a { return rdata.byteCount == 4 }
        if type == .aaaa { return rdata.byteCount == 16 }
        guard let parts = parts(of: type) else { return true }
        var at = 0
        for part in parts {
            guard let next = end(of: part, rdata, at: at) else { return false }
            at = next
        }
        return at == rdata.byteCount
    }

    private static func end(of part: Part, _ rdata: RawSpan, at start: Int) -> Int? {
        switch part {
        case .octets(let count): return start + count <= rdata.byteCount ? start + count : nil
        case .name: return nameEnd(rdata, at: start)
        case .string: return stringEnd(rdata, at: start)
        case .rest: return rdata.byteCount
        case .strings:
            var at = start
            repeat {
                guard let next = stringEnd(rdata, at: at) else { return nil }
                at = next
            } while at < rdata.byteCount
            return at
        case .bitmap: return bitmapEnd(rdata, at: start)
        }
    }

    /// Just past the uncompressed name at `start`; nil where there is none.
    static func nameEnd(_ rdata: RawSpan, at start: Int) -> Int? {
        var at = start
        while at < rdata.byteCount {
            let length = Int(rdata[unchecked8: at])
            guard length <= Name.labelOctetCountMax else { return nil }
            at += 1 + length
            guard at - start <= Name.octetCountMax else { return nil }
            if length == 0 { return at }
        }
        return nil
    }

    private static func stringEnd(_ rdata: RawSpan, at start: Int) -> Int? {
        guard start < rdata.byteCount else { return nil }
        let end = start + 1 + Int(rdata[unchecked8: start])
        return end <= rdata.byteCount ? end : nil
    }

    /// Windows in ascending order, 1-32 octets each (RFC 4034 §4.1.2).
    private static func bitmapEnd(_ rdata: RawSpan, at start: Int) -> Int? {
        var (at, last) = (start, -1)
        while at < rdata.byteCount {
            guard at + 2 <= rdata.byteCount else { return nil }
            let (window, count) = (Int(rdata[unchecked8: at]), Int(rdata[unchecked8: at + 1]))
            guard window > last, (1...32).contains(count), at + 2 + count <= rdata.byteCount else { return nil }
            last = window
            at += 2 + count
        }
        return at
    }
}
