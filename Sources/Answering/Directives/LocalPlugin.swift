package import Corefile
package import DNSWire
import DNSZone

/// `local [{ localhost_prefix on|off }]`: answers for this very machine, so that no such question leaves it.
///
/// `localhost` and all below have the loopback addresses and nothing else (RFC 6761 §6.3); so has `localhost.ANYTHING`,
/// which a search path makes, unless `localhost_prefix` is off. The reverse zones of 0/8, 127/8, 255/8 and `::1` are empty
/// but for the names of 127.0.0.1 and `::1` (RFC 6303).
package final class LocalPlugin: Plugin {
    package static let directive = "local"

    /// RFC 6303 §3.
    private static let ttl: UInt32 = 10_800

    private struct Zone: Sendable {
        var suffix: NameSuffix
        var soa: SOARecord
    }

    private let localhost: Zone
    private let reverse: [Zone]
    private let table: NameTable
    private let loopback4: [UInt8]
    private let loopback6: [UInt8]
    /// The SOA of `localhost.ANYTHING`, a zone of its own.
    private let prefixSOA: [UInt8]
    private let takesPrefix: Bool

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectArguments()
        var takesPrefix = true
        for option in directive.options {
            guard option.name.text == "localhost_prefix" else {
                throw option.unknownOption(of: directive, known: ["localhost_prefix"])
            }
            takesPrefix = try option.onlyArgument().boolean()
        }
        self.takesPrefix = takesPrefix
        let names = LocalNames(ttl: Self.ttl)
        localhost = Zone(suffix: NameSuffix(names.localhost), soa: names.soa(of: names.localhost))
        reverse = names.reverseZones.map { Zone(suffix: NameSuffix($0), soa: names.soa(of: $0)) }
        table = NameTable(blocks: names.blocks)
        loopback4 = names.record(.a, LocalNames.loopback4)
        loopback6 = names.record(.aaaa, LocalNames.loopback6)
        prefixSOA = names.prefixSOA
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        if localhost.suffix.covers(query.name) {
            guard query.name.labelCount > 1 else { return answer(in: localhost, query, &response) }
            return answerLoopback(query, &response, zone: localhost)
        }
        for index in reverse.indices where reverse[index].suffix.covers(query.name) {
            return answer(in: reverse[index], query, &response)
        }
        guard takesPrefix, query.name.labelCount > 1, query.name.label(0, is: "localhost") else { return .pass }
        return answerLoopback(query, &response, zone: nil)
    }

    /// From the zone's own names.
    private func answer(in zone: Zone, _ query: borrowing Query, _ response: inout ResponseWriter) -> Disposition {
        response.flags |= Query.Flag.authoritative
        let table = table
        guard let block = table.block(for: query.name) else {
            response.answerNegative(zone.soa, query)
            return .answered(.nxDomain)
        }
        if let rrset = block.rrset(query.qtype) {
            response.answer(rrset)
        } else {
            response.answerNegative(zone.soa, query)
        }
        return .answered(.noError)
    }

    private func answerLoopback(
        _ query: borrowing Query, _ response: inout ResponseWriter, zone: Zone?
    ) -> Disposition {
        response.flags |= Query.Flag.authoritative
        let (loopback4, loopback6, prefixSOA) = (loopback4, loopback6, prefixSOA)
        let isWhole =
            switch query.qtype {
            case .a: response.appendRecord(loopback4.rawSpan, to: .answer)
            case .aaaa: response.appendRecord(loopback6.rawSpan, to: .answer)
            default:
                if let zone {
                    response.appendSOA(zone.soa, query, to: .authority)
                } else {
                    response.appendRecord(prefixSOA.rawSpan, to: .authority)
                }
            }
        if !isWhole { response.flags |= Query.Flag.truncated }
        return .answeredAs(.localhost, .noError)
    }
}

/// The names of this machine, and what is at them.
private struct LocalNames {
    static let loopback4: [UInt8] = [127, 0, 0, 1]
    static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
    private static let reverse6 = "1." + String(repeating: "0.", count: 31) + "ip6.arpa"

    let ttl: UInt32
    let localhost = Self.name("localhost")
    let reverseZones = ["0.in-addr.arpa", "127.in-addr.arpa", "255.in-addr.arpa", Self.reverse6].map(Self.name)
    private let rname = Self.name("nobody.invalid")

    init(ttl: UInt32) { self.ttl = ttl }

    /// The texts are right.
    private static func name(_ text: String) -> Name { (try? Name(text)) ?? .root }

    func soa(of zone: Name) -> SOARecord {
        var timers = SOARecord.Timers(minimum: ttl)
        (timers.refresh, timers.retry, timers.expire) = (3600, 1200, 604_800)
        return SOARecord(apex: zone, mname: zone, rname: rname, serial: 1, ttl: ttl, timers: timers)
    }

    /// With its names written out.
    private func soaRDATA(_ zone: Name) -> [UInt8] {
        RDATA.soa(
            mname: zone.wire, rname: rname.wire, serial: 1, refresh: 3600, retry: 1200, expire: 604_800, minimum: ttl)
    }

    var prefixSOA: [UInt8] { record(.soa, soaRDATA(localhost)) }

    func record(_ type: RRType, _ rdata: [UInt8]) -> [UInt8] {
        var record: [UInt8] = []
        record.appendRecord(owner: [0xC0, 0x0C], type: type, ttl: ttl, rdata: rdata)
        return record
    }

    /// All names of all zones, empty ones between them too.
    var blocks: [[UInt8]] {
        let pointer: [(RRType, [UInt8])] = [(.ptr, localhost.wire)]
        var sets = reverseZones.dropLast().map { ($0, apex($0)) }
        sets.append((localhost, apex(localhost) + [(.a, Self.loopback4), (.aaaa, Self.loopback6)]))
        sets += ["0.127.in-addr.arpa", "0.0.127.in-addr.arpa"].map { (Self.name($0), []) }
        sets.append((Self.name("1.0.0.127.in-addr.arpa"), pointer))
        sets.append((Self.name(Self.reverse6), apex(Self.name(Self.reverse6)) + pointer))
        return sets.map { name, records in
            NameBlockBuilder.build(
                owner: name, rrsets: records.map { RRset(type: $0.0, ttl: ttl, rdatas: [$0.1]) })
        }
    }

    private func apex(_ zone: Name) -> [(RRType, [UInt8])] { [(.soa, soaRDATA(zone)), (.ns, zone.wire)] }
}
