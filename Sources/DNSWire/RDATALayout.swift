/// Where names lie in RDATA; behind the parts of an SOA come five numbers, behind all others nothing.
public enum RDATALayout {
    /// SERIAL to MINIMUM (RFC 1035 §3.3.13).
    static let soaNumberOctetCount = 20

    public enum Part: Sendable { case octets(Int), string, name }

    /// The types whose names a sender may have compressed (RFC 1035 §3.3, RFC 3597 §4).
    public static func parts(of type: RRType) -> [Part] {
        switch type.rawValue {
        case 2, 3, 4, 5, 7, 8, 9, 12, 39: name
        case 6, 14, 17: twoNames
        case 15, 18, 21, 36: preferenceAndName
        case 26: px
        case 33: srv
        case 35: naptr
        default: none
        }
    }

    /// Where in `message` the first name of RDATA lies that starts at `start`; nil for types without one.
    public static func firstName(of type: RRType, in message: RawSpan, from start: Int) -> Int? {
        var at = start
        for part in parts(of: type) {
            switch part {
            case .octets(let count): at += count
            case .string:
                guard let length = try? message.octet(at: at) else { return nil }
                at += 1 + Int(length)
            case .name: return at
            }
        }
        return nil
    }

    /// Whether this server may compress names in RDATA of the type: those of RFC 1035 that are in use.
    public static func compresses(_ type: RRType) -> Bool {
        switch type.rawValue {
        case 2, 5, 6, 12, 15: true
        default: false
        }
    }

    private static let none: [Part] = []
    private static let name: [Part] = [.name]
    private static let twoNames: [Part] = [.name, .name]
    private static let preferenceAndName: [Part] = [.octets(2), .name]
    private static let px: [Part] = [.octets(2), .name, .name]
    private static let srv: [Part] = [.octets(6), .name]
    private static let naptr: [Part] = [.octets(4), .string, .string, .string, .name]
}
