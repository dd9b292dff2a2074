import Corefile
import DNSWire

/// Words of the DNS parameter registries among a directive's arguments.
extension Token {
    /// A mnemonic in any case, or `TYPE123`.
    func recordType() throws(CorefileError) -> RRType {
        guard let type = RRType(mnemonic: text) else {
            throw refused("is no record type; expected a name as in \"AAAA\", or a number as in \"TYPE65\"")
        }
        return type
    }

    func recordClass() throws(CorefileError) -> RRClass {
        switch text.uppercased() {
        case "IN": return .internet
        case "CH": return .chaos
        case "HS": return RRClass(rawValue: 4)
        case "ANY": return .any
        default: throw refused("is no class; expected IN, CH, HS or ANY")
        }
    }

    /// A name in any case, or a number up to 23, the highest that CoreDNS knows.
    func rcode() throws(CorefileError) -> RCODE {
        if let rcode = RCODE(mnemonic: text) { return rcode }
        guard let number = UInt16(text), number <= 23 else {
            throw refused("is no response code; expected a name as in \"NXDOMAIN\", or a number")
        }
        return RCODE(rawValue: number)
    }
}
