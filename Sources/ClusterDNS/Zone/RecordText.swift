import DNSWire
import NetworkAddress

/// RDATA in presentation format.
enum RecordText {
    /// What a master file shows of `rdata`; unknown types, and RDATA that is none, as RFC 3597 §5 writes them.
    static func text(of rdata: [UInt8], _ type: RRType) -> String { known(rdata, type) ?? generic(rdata) }

    private static func known(_ rdata: [UInt8], _ type: RRType) -> String? {
        switch type {
        case .a, .aaaa: return IPAddress(octets: rdata).map { "\($0)" }
        case .cname, .ns, .ptr: return names(rdata, at: 0, count: 1)
        case .srv:
            guard rdata.count > 6, let target = names(rdata, at: 6, count: 1) else { return nil }
            return stride(from: 0, to: 6, by: 2).map { "\(number(rdata[$0..<$0 + 2]))" }.joined(separator: " ") + " "
                + target
        case .soa:
            guard rdata.count > 20, let names = names(rdata.dropLast(20), at: 0, count: 2) else { return nil }
            let start = rdata.count - 20
            let fields = stride(from: start, to: rdata.count, by: 4).map { "\(number(rdata[$0..<$0 + 4]))" }
            return names + " " + fields.joined(separator: " ")
        case .txt: return strings(rdata)
        default: return nil
        }
    }

    private static func number(_ octets: ArraySlice<UInt8>) -> UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }

    /// `count` uncompressed names that fill the rest.
    private static func names(_ octets: some Collection<UInt8>, at start: Int, count: Int) -> String? {
        let octets = Array(octets)
        var names: [String] = []
        var at = start
        for _ in 0..<count {
            var name = FoldedName()
            guard let end = try? name.read(from: octets.rawSpan, at: at) else { return nil }
            names.append(written(octets[at..<end]))
            at = end
        }
        return at == octets.count ? names.joined(separator: " ") : nil
    }

    /// A name in its own case.
    private static func written(_ wire: ArraySlice<UInt8>) -> String {
        var labels: [ArraySlice<UInt8>] = []
        var at = wire.startIndex
        while at < wire.endIndex, wire[at] != 0 {
            let end = at + 1 + Int(wire[at])
            labels.append(wire[at + 1..<end])
            at = end
        }
        return labels.isEmpty ? "." : labels.map { Name.text(of: $0) + "." }.joined()
    }

    /// Character-strings in quotes (RFC 1035 §5.1).
    private static func strings(_ rdata: [UInt8]) -> String? {
        var strings: [String] = []
        var at = 0
        while at < rdata.count {
            let end = at + 1 + Int(rdata[at])
            guard end <= rdata.count else { return nil }
            strings.append("\"" + rdata[at + 1..<end].map(escaped).joined() + "\"")
            at = end
        }
        return strings.isEmpty ? nil : strings.joined(separator: " ")
    }

    private static func escaped(_ octet: UInt8) -> String {
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return "\\" + String(UnicodeScalar(octet))
        case 0x20...0x7E: return String(UnicodeScalar(octet))
        default:
            let digits = String(octet)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
    }

    private static func generic(_ rdata: [UInt8]) -> String {
        let octets = rdata.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return rdata.isEmpty ? "\\# 0" : "\\# \(rdata.count) \(octets)"
    }
}
