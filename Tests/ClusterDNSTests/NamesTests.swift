import Answering
import ClusterZone
import DNSWire
import DNSZone
import Testing

@testable import ClusterDNS

struct NamesTests {
    @Test func certificateLine() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let names = try NamesCommand.names("my-nginx", "default", in: registry.snapshot, registry.zone)
        #expect(
            names.subjectAltName
                == "subjectAltName=DNS:my-nginx,DNS:my-nginx.default,DNS:my-nginx.default.svc,"
                + "DNS:my-nginx.default.svc.cluster.local\n")
        #expect(names.endpoints.map { "\($0.owner)" } == ["10-244-3-4.my-nginx.default.svc.cluster.local."])
        #expect(names.pointers.map { "\($0.owner)" } == ["149.162.0.10.in-addr.arpa.", "4.3.244.10.in-addr.arpa."])
        #expect(
            names.ports.map(\.text) == [
                "my-nginx.default.svc.cluster.local. 5 IN SRV 0 100 80 my-nginx.default.svc.cluster.local."
            ])
    }

    @Test func portNames() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let names = try NamesCommand.names("kubernetes", "default", in: registry.snapshot, registry.zone)
        #expect(
            names.ports.map(\.text) == [
                "kubernetes.default.svc.cluster.local. 5 IN SRV 0 100 443 kubernetes.default.svc.cluster.local.",
                "_https._tcp.kubernetes.default.svc.cluster.local. 5 IN SRV 0 100 443 kubernetes.default.svc.cluster.local.",
            ])
    }

    @Test func headlessCertificateCoversItsPods() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let names = try NamesCommand.names("queue", "other", in: registry.snapshot, registry.zone)
        #expect(names.certificateNames.last == "*.queue.other.svc.cluster.local")
        #expect(names.text.contains("headless and has no ready endpoint"))
    }

    @Test func unknownService() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        #expect(throws: CommandFailure.self) {
            try NamesCommand.names("my-nginx", "other", in: registry.snapshot, registry.zone)
        }
    }
}

struct MasterFileTests {
    /// Each record listed is in the answer to the question for it, and each answer holds nothing that is not listed.
    @Test(arguments: ["cluster.local", "in-addr.arpa", "ip6.arpa"]) func listsWhatIsAnswered(_ zone: String) throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let index = try #require(registry.zone.apexes.firstIndex { $0.name == (try? Name(zone)) })
        let records = registry.zone.records(ofApex: index)
        let resolver = LocalResolver(state: registry.makeState())
        #expect(!records.isEmpty)
        for (owner, group) in Dictionary(grouping: records, by: \.owner) {
            for (type, own) in Dictionary(grouping: group, by: \.type) {
                let reply = try resolver.ask(owner, type)
                #expect(Set(reply.response.answer.map(\.text)) == Set(own.map(\.text)), "\(owner) \(type)")
            }
        }
    }

    /// The first line is the answer to an SOA question, but for the serial, which is the time.
    @Test(arguments: ["cluster.local.", "in-addr.arpa."]) func startsWithTheSOA(_ zone: String) throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let line = try MasterFile.text(of: registry.zone, named: zone).split(separator: "\n")[0]
        let answer = try LocalResolver(state: registry.makeState()).ask(Name(zone), .soa).response.answer
        #expect(answer.map { Self.withoutSerial($0.text) } == [Self.withoutSerial(String(line))])
        #expect(line.hasSuffix(" 7200 1800 86400 5"))
    }

    private static func withoutSerial(_ line: String) -> [Substring] {
        var words = line.split(separator: " ")
        words.remove(at: 6)
        return words
    }

    @Test func targetsKeepTheirCase() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let text = try MasterFile.text(of: registry.zone, named: nil)
        #expect(text.contains("archive.other.svc.cluster.local. 5 IN CNAME Archive.example.com.\n"))
        #expect(!text.contains("queue.other"))
    }

    /// The example of RFC 4034 §6.1, without its wildcard.
    @Test func canonicalOrder() throws {
        let names = [
            "example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.",
            "\\001.z.example.", "\\200.z.example.",
        ]
        let records = try names.map { ZoneRecord(owner: try Name($0), type: .a, ttl: 5, rdata: [10, 0, 0, 1]) }
        #expect([records.shuffled(), records.reversed()].map { $0.canonical } == [records, records])
    }

    @Test func unknownZone() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        #expect(throws: CommandFailure.self) { try MasterFile.text(of: registry.zone, named: "example.com") }
    }

    struct Row: Sendable { var label: String, type: RRType, rdata: [UInt8], want: String }

    static let rows = [
        Row(label: "A", type: .a, rdata: [10, 0, 0, 1], want: "10.0.0.1"),
        Row(label: "AAAA", type: .aaaa, rdata: [0xFD] + [UInt8](repeating: 0, count: 14) + [1], want: "fd00::1"),
        Row(label: "PTR", type: .ptr, rdata: [1, 0x61, 1, 0x2E, 0], want: "a.\\.."),
        Row(label: "SRV", type: .srv, rdata: [0, 1, 0, 2, 1, 0, 1, 0x61, 0], want: "1 2 256 a."),
        Row(label: "TXT", type: .txt, rdata: [4, 0x22, 0x5C, 0x20, 0xFF, 0], want: "\"\\\"\\\\ \\255\" \"\""),
        Row(
            label: "SOA", type: .soa,
            rdata: [0, 1, 0x61, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 1, 0],
            want: ". a. 1 2 3 4 256"),
        Row(label: "an A of three octets (RFC 3597)", type: .a, rdata: [10, 0, 1], want: "\\# 3 0a0001"),
        Row(label: "a cut TXT", type: .txt, rdata: [2, 0x61], want: "\\# 2 0261"),
        Row(label: "SRV without its name", type: .srv, rdata: [0, 1, 0, 2, 0, 3], want: "\\# 6 000100020003"),
        Row(label: "nothing of an unknown type", type: RRType(rawValue: 65_280), rdata: [], want: "\\# 0"),
    ]

    @Test(arguments: rows) func recordText(_ row: Row) {
        #expect(RecordText.text(of: row.rdata, row.type) == row.want, "\(row.label)")
    }
}
