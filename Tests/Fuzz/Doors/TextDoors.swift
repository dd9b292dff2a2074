import Answering
import DNSTesting
import DNSWire
import NetworkAddress
import ZoneFiles

@testable import Serving

/// A file in the format of resolv.conf(5).
struct ResolvConfDoor: Door {
    static let name = "resolvconf"

    func take(_ input: RawSpan) throws(Broken) {
        let text = String(decoding: input.array, as: UTF8.self)
        let (addresses, unreadable) = ResolvConf.nameservers(in: text)
        try require(addresses.count <= 15 && Set(addresses).count == addresses.count, "too many, or one twice")
        try require(unreadable.allSatisfy { $0.count <= 64 }, "a long word")
        let again = addresses.map { address in
            let zone = address.zone.isEmpty ? "" : "%\(address.zone)"
            return "nameserver \(address.address)\(zone)\n"
        }
        let second = ResolvConf.nameservers(in: again.joined()).addresses
        try require(
            second.map(\.address) == addresses.map(\.address) || addresses.contains { $0.port != 53 || $0.isTLS },
            "other addresses when written again: \(addresses), \(second)")
    }
}

/// A hosts file, compiled and asked.
struct HostsDoor: Door {
    static let name = "hosts"

    private static let corefile = ". {\nhosts {\n192.0.2.80 printer.example.org\nfallthrough\n}\n}\n"
    private static let client = QueryClient(transport: .udp, address: IPAddress(ipv4: 0xC000_0201), port: 4711)

    private let configuration: ServerConfiguration
    private let queries = [
        QueryOctets("a", .a), QueryOctets("a.b", .aaaa, edns: .init()), QueryOctets("printer.example.org", .a),
        QueryOctets("1.2.0.192.in-addr.arpa", .ptr),
    ].map(\.octets)

    init() throws { configuration = try TestServer.configuration(Self.corefile) }

    func take(_ input: RawSpan) throws(Broken) {
        guard let definition = configuration.hosts.first, let listener = configuration.listeners.first else { return }
        var list = HostsList(definition, nameCountMax: 100)
        list.append(file: input.array)
        let table = HostsTable(list, definition: definition)
        try require(table.entryCount <= 100, "\(table.entryCount) names")
        let state = ServingState(generation: 1, configuration: configuration, zones: [], hosts: [table])
        var answerer = Answerer(listen: listener.address, state: state)
        var buffer = [UInt8](repeating: 0xEE, count: 4096)
        for query in queries {
            var out = buffer.mutableSpan
            // SAFETY: octets have no padding, so any may be read and written.
            let count = unsafe answerer.answer(query.rawSpan, from: Self.client, into: out.mutableBytes)
            _ = try ReplyJudge.judge(Array(buffer[..<count]), to: query.rawSpan, isTCP: false)
        }
    }
}

/// One record as text, as libldns reads it for a `template`; what it makes must be a record to our own reader too.
struct RecordsDoor: Door {
    static let name = "records"

    func take(_ input: RawSpan) throws(Broken) {
        let text = String(decoding: input.array, as: UTF8.self)
        guard let wire = try? LDNSRecord.wire(text) else { return }
        var at = 0
        // What our reader refuses is refused with the Corefile.
        guard let record = try? DNSMessage.Record(reading: wire.rawSpan, at: &at), at == wire.count else { return }
        var message = DNSMessage(questions: [.init(name: record.owner, type: record.type)])
        message.answer = [record]
        let octets = message.encoded()
        guard octets.count <= 65_535 else { return }
        let read = try ReplyJudge.read(octets)
        try require(read.answer.count == 1 && read.octetCount == octets.count, "a record is lost: \(read.answer)")
    }
}
