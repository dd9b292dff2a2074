import DNSWire
import DNSZone
import Foundation
import Testing
import ZoneFiles

/// Master files as text: what they come to, and what is said of those that are none.
struct ZoneFileTests {
    private static let head = "$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\n"

    private static func read(_ text: String) throws -> ZoneFile.Outcome {
        ZoneFile.read(text: Array(text.utf8), named: "db", apex: try Name("example."))
    }

    /// `owner TTL type octets of RDATA`, in the order of the text; without SOA and the NS of the head.
    private static func records(_ text: String) throws -> [String] {
        let outcome = try read(head + text)
        if let error = outcome.errors.first { throw error }
        var lines: [String] = []
        outcome.zone?.forEachRecord { record in
            if record.type == .ns, record.owner.labelCount == 1 { return }
            let rdata = record.rdata.map {
                String($0, radix: 16).count == 1 ? "0" + String($0, radix: 16) : String($0, radix: 16)
            }
            lines.append("\(record.owner) \(record.ttl) \(record.type) \(rdata.joined())")
        }
        return lines.sorted()
    }

    private static let syntax: [(String, [String])] = [
        ("a A 192.0.2.1", ["a.example. 60 A c0000201"]),
        ("a 5 IN A 192.0.2.1", ["a.example. 5 A c0000201"]),
        ("a IN 1h A 192.0.2.1", ["a.example. 3600 A c0000201"]),
        ("a A 192.0.2.1\n  A 192.0.2.2 ; comment", ["a.example. 60 A c0000201", "a.example. 60 A c0000202"]),
        ("a ( A\n 192.0.2.1 ) ; (", ["a.example. 60 A c0000201"]),
        ("a.b.example. AAAA 2001:db8::1", ["a.b.example. 60 AAAA 20010db8000000000000000000000001"]),
        ("$ORIGIN sub\na CNAME @", ["a.sub.example. 60 CNAME 03737562076578616d706c6500"]),
        ("$TTL 1m30s\na A 192.0.2.1", ["a.example. 90 A c0000201"]),
        ("a TXT \"x;y\" z\\\"\\065", ["a.example. 60 TXT 03783b79037a2241"]),
        ("a TXT \"\"", ["a.example. 60 TXT 00"]),
        ("a\\.b A 192.0.2.1", ["a\\.b.example. 60 A c0000201"]),
        ("a MX 5 b", ["a.example. 60 MX 00050162076578616d706c6500"]),
        ("a SRV 1 2 3 .", ["a.example. 60 SRV 00010002000300"]),
        ("a TYPE65280 \\# 3 01 0203", ["a.example. 60 TYPE65280 010203"]),
        ("a A \\# 4 c0000201", ["a.example. 60 A c0000201"]),
        ("a CAA 0 issue \"x\"", ["a.example. 60 CAA 0005697373756578"]),
        // RFC 9460 §2.2, §7.1.1, §7.2: alpn is key 1, port key 3.
        ("a HTTPS 1 . alpn=\"h2\" port=53", ["a.example. 60 HTTPS 00010000010003026832000300020035"]),
        ("a SVCB 1 . alpn=h2 port=\"53\"", ["a.example. 60 SVCB 00010000010003026832000300020035"]),
        ("a SSHFP 1 1 (aabb\n ccdd)", ["a.example. 60 SSHFP 0101aabbccdd"]),
        ("a A 192.0.2.1\na A 192.0.2.1", ["a.example. 60 A c0000201"]),
        ("a 9 A 192.0.2.1\na 7 A 192.0.2.2", ["a.example. 7 A c0000201", "a.example. 7 A c0000202"]),
        ("a 4294967295 A 192.0.2.1", ["a.example. 0 A c0000201"]),
        ("a A 192.0.2.1\r\n", ["a.example. 60 A c0000201"]),
        ("a A 192.0.2.1\n@ SOA ns host 1 2 3 4 5", ["a.example. 60 A c0000201"]),
    ]

    @Test(arguments: syntax) func comesTo(_ text: String, _ want: [String]) throws {
        #expect(try Self.records(text) == want)
    }

    /// Robustness fact 76: what contradicts itself is refused with its line.
    private static let refusals: [(String, String)] = [
        (head + "@ SOA ns host 2 2 3 4 5", "db:4: example. has a second SOA record"),
        (head + "sub SOA ns host 2 2 3 4 5", "db:4: sub.example. has an SOA record and is not the zone's apex"),
        ("@ SOA ns host 1 2 3 4 5", "db: example. has no NS record"),
        ("@ NS ns", "db: example. has no SOA record"),
        (head + "a CNAME b\na A 192.0.2.1", "db:5: a.example. has a CNAME and other data"),
        (head + "a A 192.0.2.1\na CNAME b", "db:5: a.example. has a CNAME and other data"),
        (head + "@ CNAME b", "db:4: example. has a CNAME and other data"),
        (head + "a CNAME b\na CNAME c", "db:5: a.example. has two CNAME records"),
        (head + "a DNAME b\na DNAME c", "db:5: a.example. has two DNAME records"),
        (head + "a DNAME b\na CNAME c", "db:5: a.example. has a DNAME and a CNAME"),
        (head + "a A 192.0.2.256", "db:4: \"192.0.2.256\" is no IPv4 address"),
        (head + "a A 192.0.2.1 192.0.2.2", "db:4: the A record has 2 words of data"),
        (head + "a AAAA 192.0.2.1", "db:4: \"192.0.2.1\" is no IPv6 address"),
        (head + "a MX mail", "db:4: the MX record needs 2 words of data and has 1"),
        (head + "a", "db:4: the record has no type"),
        (head + "a NONSENSE 1", "db:4: \"NONSENSE\" is no record type"),
        (head + "a CH TXT x", "db:4: class CH is not served here"),
        (head + "a OPT 1", "db:4: OPT records are in no zone"),
        (head + "a A", "db:4: the A record has no data"),
        (head + "a..b A 192.0.2.1", "db:4: \"a..b\" has an empty label"),
        (head + String(repeating: "l", count: 64) + " A 192.0.2.1", "db:4: "),
        (head + String(repeating: "l.", count: 126) + "l A 192.0.2.1", "db:4: "),
        (head + "a TXT \"" + String(repeating: "x", count: 256) + "\"", "db:4: a text over 255 octets"),
        (head + "a TXT \"x\ny\"", "db:4: a quote that begins on line 4 is not closed"),
        (head + "a A (192.0.2.1", "db:4: a \"(\" is never closed"),
        (head + "a A 192.0.2.1)", "db:4: a \")\" without its \"(\""),
        (head + "a TXT x\0y", "db:4: a zero octet"),
        (head + "a A \\# 5 c0000201", "db:4: \\# says 5 octets and 4 follow"),
        (head + "a A \\# 3 c00002", "db:4: a.example. has a A record whose data is malformed"),
        (head + "a CAA what", "db:4: the CAA record cannot be read"),
        (head + "$GENERATE 1-9 a$ A 192.0.2.$", "db:4: $GENERATE is not known here; write its records out"),
        (head + "$INCLUDE other", "db:4: $INCLUDE is not possible here"),
        (head + "\n\n$TTL x", "db:6: $TTL needs one number"),
        ("", "db: the file is empty"),
        ("\n\n; nothing\n", "db: example. has no SOA record"),
    ]

    @Test(arguments: refusals) func refused(_ text: String, _ want: String) throws {
        let outcome = try Self.read(text)
        let first = try #require(outcome.errors.first)
        #expect(outcome.zone == nil)
        #expect(first.description.hasPrefix(want), "\(first)")
    }

    /// Robustness fact 77: what lies elsewhere is dropped, and said.
    @Test func outsideTheZone() throws {
        let outcome = try Self.read(Self.head + "a.test. A 192.0.2.1\nxexample. A 192.0.2.2\nok A 192.0.2.3")
        #expect(outcome.warnings.map(\.line) == [4, 5])
        #expect(outcome.warnings.first?.description.hasPrefix("db:4: a.test. lies outside the zone") == true)
        var owners: [String] = []
        outcome.zone?.forEachRecord { owners.append("\($0.owner)") }
        #expect(Set(owners) == ["example.", "ok.example."])
    }

    /// Robustness fact 82: RFC 9276 §3.
    @Test(
        arguments: [
            (0, nil, nil), (1, nil, "with 1 iterations"), (100, nil, "with 100 iterations"),
            (101, "db:6: example. has NSEC3 with 101 iterations", nil),
        ] as [(Int, String?, String?)])
    func iterations(_ count: Int, _ error: String?, _ warning: String?) throws {
        let signature = "@ RRSIG SOA 13 1 60 20300101000000 20200101000000 1 @ AAAA\n"
        let outcome = try Self.read(
            Self.head + "@ DNSKEY 257 3 13 AAAA\n" + signature + "@ NSEC3PARAM 1 0 \(count) -\n")
        #expect(outcome.errors.first?.description.hasPrefix(error ?? "-") ?? (error == nil))
        #expect(outcome.warnings.first?.message.contains(warning ?? "-") ?? (warning == nil))
    }

    @Test func everyFaultIsSaid() throws {
        let outcome = try Self.read(Self.head + "a A x\nb A y\nc CNAME d\nc A 192.0.2.1\n")
        #expect(outcome.errors.map(\.line) == [4, 5, 7])
        #expect(try Self.read(Self.head + String(repeating: "a A x\n", count: 1000)).errors.count == 100)
    }

    /// Of thousands of names, given in one case and then in another, each is there once with all its records.
    @Test func manyNames() throws {
        let count = 5000
        func lines(_ name: String, _ octet: Int) -> String {
            (0..<count).map { "\(name)-\($0).Sub\($0 % 7) A 10.\(octet).\($0 / 250).\($0 % 250)\n" }.joined()
        }
        let zone = try #require(try Self.read(Self.head + lines("Host", 1) + lines("hOST", 2)).zone)
        // The names between these and the apex, the apex, and none for ns, which has no address.
        #expect(zone.nameCount == count + 7 + 1)
        var found: [String: [[UInt8]]] = [:]
        zone.forEachRecord { found["\($0.owner)", default: []].append($0.rdata) }
        for index in 0..<count {
            let rdata = (1...2).map { [10, UInt8($0), UInt8(index / 250), UInt8(index % 250)] }
            try #require(found["host-\(index).sub\(index % 7).example."] == rdata)
        }
    }

    /// What no text may do, whole or cut anywhere: stop the program.
    @Test func everyCut() throws {
        let text = Array(
            (Self.head + "a ( TXT \"x\\\"y\" \\# ) ; c\n$INCLUDE x\nb\\065 SRV 1 2 3 @\n\"q\" A 1.2.3.4").utf8)
        let apex = try Name("example.")
        for count in 0...text.count {
            _ = ZoneFile.read(text: Array(text.prefix(count)), named: "db", apex: apex)
            var flipped = text
            if count < text.count { flipped[count] = UInt8(truncatingIfNeeded: count &* 37) }
            _ = ZoneFile.read(text: flipped, named: "db", apex: apex)
        }
    }
}

/// `$INCLUDE`, and files as they lie on a disk.
struct IncludeTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID())").path

    private func write(_ files: [String: String]) throws {
        try FileManager.default.createDirectory(atPath: directory + "/zone/sub", withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8) }
    }

    private func read() throws -> ZoneFile.Outcome {
        ZoneFile.read(directory + "/zone/db", apex: try Name("example."))
    }

    private func clean() { try? FileManager.default.removeItem(atPath: directory) }

    @Test func included() throws {
        defer { clean() }
        try write([
            "zone/db":
                "$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\n$INCLUDE sub/one below\nlast A 192.0.2.3\nlast CNAME x\n",
            "zone/sub/one": "a A 192.0.2.1\n$ORIGIN other\nb A 192.0.2.2\nb CNAME x\n",
        ])
        let outcome = try read()
        #expect(
            outcome.errors.map(\.description).map { $0.replacing(directory, with: "").prefix(60) } == [
                "/zone/sub/one:4: b.other.below.example. has a CNAME and othe",
                "/zone/db:6: last.example. has a CNAME and other data; keep t",
            ])
        #expect(outcome.files.count == 2)
    }

    private static let refusals: [(include: String, want: String)] = [
        ("../outside", "leads out of the directory"),
        ("/etc/hostname", "leads out of the directory"),
        ("link", "leads out of the directory"),
        ("sub/../../outside", "leads out of the directory"),
        ("absent", "no such file"),
        ("sub", "is no regular file"),
        ("db", "includes itself"),
        ("loop", "includes itself"),
        ("", "needs a file"),
    ]

    @Test(arguments: refusals) func refused(_ include: String, _ want: String) throws {
        defer { clean() }
        try write([
            "outside": "x A 192.0.2.1\n", "zone/loop": "$INCLUDE loop\n",
            "zone/db": "$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\n$INCLUDE \(include)\n",
        ])
        try FileManager.default.createSymbolicLink(
            atPath: directory + "/zone/link", withDestinationPath: directory + "/outside")
        let error = try #require(try read().errors.first)
        #expect(error.message.contains(want), "\(error)")
    }

    /// Ten gigabytes of nothing, which take no room on the disk: refused before they are read.
    @Test func tooLarge() throws {
        defer { clean() }
        try write(["zone/db": ""])
        #expect(try read().errors.first?.message.contains("the file is empty") == true)
        let file = try #require(FileHandle(forWritingAtPath: directory + "/zone/db"))
        try file.truncate(atOffset: 10 << 30)
        try file.close()
        #expect(try read().errors.first?.message.contains("is over 1024 MiB") == true)
    }
}
