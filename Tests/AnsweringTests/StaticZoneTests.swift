import Answering
import DNSTesting
import DNSWire
import DNSZone
import Testing
import ZoneFiles

/// What zones from master files answer, by the rules and the examples of the RFCs.
struct StaticZoneTests {
    /// `RCODE aa | answer | authority | additional`, TTL and class left out.
    private static func text(_ reply: Reply) -> String {
        func section(_ lines: [String]) -> String {
            lines.map { line in
                var words = line.split(separator: " ")
                words.removeSubrange(1...2)
                return words.joined(separator: " ")
            }.joined(separator: ", ")
        }
        let codes = [0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED", 6: "YXDOMAIN"]
        let message = reply.message
        let head = (codes[message.rcode] ?? "?") + (message.flags.contains(.aa) ? " aa" : "")
        return [message.answer, message.authority, message.additional].map(section)
            .reduce(head) { $0 + ($1.isEmpty ? " |" : " | \($1)") }
    }

    private static func ask(_ row: (String, String), _ zone: String, apex: String, tcp: Bool = true) throws {
        let server = try TestServer("\(apex) {\n file db\n}", zoneFiles: ["etc/db": zone])
        let words = row.0.split(separator: " ").map(String.init)
        let type = try #require(RRType(mnemonic: words[1]))
        let reply = try server.ask(words[0], type, over: tcp ? .tcp : .udp)
        let found = Self.text(reply)
        #expect(found == row.1, "\(row.0) -> \(found)")
    }

    /// RFC 4592 §2.2.1.
    private static let wildcards = """
        $TTL 3600
        example. SOA ns.example.com. host.example.com. 1 2 3 4 5
        example. NS ns.example.com.
        example. NS ns.example.net.
        *.example. TXT "this is a wildcard"
        *.example. MX 10 host1.example.
        sub.*.example. TXT "this is not a wildcard"
        host1.example. A 192.0.2.1
        _ssh._tcp.host1.example. SRV 0 0 22 host1.example.
        _ssh._tcp.host2.example. SRV 0 0 22 host2.example.
        subdel.example. NS ns.example.com.
        subdel.example. NS ns.example.net.
        """

    private static let soa = "example. SOA ns.example.com. host.example.com. 1 2 3 4 5"

    @Test(arguments: [
        (
            "host3.example. MX",
            "NOERROR aa | host3.example. MX 10 host1.example. | | host1.example. A 192.0.2.1"
        ),
        ("host3.example. A", "NOERROR aa | | \(soa) |"),
        ("foo.bar.example. TXT", "NOERROR aa | foo.bar.example. TXT \"this is a wildcard\" | |"),
        ("host1.example. MX", "NOERROR aa | | \(soa) |"),
        ("sub.*.example. MX", "NOERROR aa | | \(soa) |"),
        ("_telnet._tcp.host1.example. SRV", "NXDOMAIN aa | | \(soa) |"),
        (
            "host.subdel.example. A",
            "NOERROR | | subdel.example. NS ns.example.com., subdel.example. NS ns.example.net. |"
        ),
        ("ghost.*.example. MX", "NXDOMAIN aa | | \(soa) |"),
        // RFC 8020: what has names below it exists; RFC 4592 §2.2.3: *.example does, as a name of its own.
        ("_tcp.host1.example. A", "NOERROR aa | | \(soa) |"),
        ("host2.example. MX", "NOERROR aa | | \(soa) |"),
        ("*.example. TXT", "NOERROR aa | *.example. TXT \"this is a wildcard\" | |"),
    ]) func wildcard(_ row: (String, String)) throws { try Self.ask(row, Self.wildcards, apex: "example") }

    /// Delegations, DNAMEs, aliases, and data that is below a cut.
    private static let mixed = """
        $TTL 3600
        @ SOA ns host 1 2 3 4 5
        @ NS ns
        ns A 192.0.2.1
        www A 192.0.2.2
        one CNAME two
        two CNAME www
        out CNAME www.test.
        a CNAME b
        b CNAME a
        lost CNAME nowhere
        cut CNAME host.sub
        sub NS ns.sub
        sub NS ns
        sub DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
        sub TXT "occluded"
        ns.sub A 192.0.2.3
        deep.sub NS ns.sub
        host.sub A 192.0.2.4
        *.sub A 192.0.2.5
        sub2 NS ns.sub
        old DNAME new
        x.old A 192.0.2.6
        x.new A 192.0.2.7
        old TXT "at the DNAME"
        gone DNAME target.test.
        mail MX 1 www
        mail MX 2 host.sub
        svc HTTPS 1 www
        _s._tcp SRV 1 2 3 www
        *.w CNAME www
        loop DNAME turn
        turn DNAME x.loop
        """

    private static let end = "example. SOA ns.example. host.example. 1 2 3 4 5"
    private static let sub = "sub.example. NS ns.sub.example., sub.example. NS ns.example."
    private static let glue = "ns.sub.example. A 192.0.2.3, ns.example. A 192.0.2.1"

    @Test(arguments: [
        (
            "one.example. A",
            "NOERROR aa | one.example. CNAME two.example., two.example. CNAME www.example., www.example. A 192.0.2.2 | |"
        ),
        ("one.example. CNAME", "NOERROR aa | one.example. CNAME two.example. | |"),
        ("out.example. A", "NOERROR aa | out.example. CNAME www.test. | |"),
        ("a.example. A", "NOERROR aa | a.example. CNAME b.example., b.example. CNAME a.example. | |"),
        ("lost.example. A", "NXDOMAIN aa | lost.example. CNAME nowhere.example. | \(end) |"),
        ("one.example. MX", "NOERROR aa | one.example. CNAME two.example., two.example. CNAME www.example. | \(end) |"),
        ("cut.example. A", "NOERROR aa | cut.example. CNAME host.sub.example. | \(sub) | \(glue)"),
        // Fact 77: below a cut nothing is answered but the referral.
        ("host.sub.example. A", "NOERROR | | \(sub) | \(glue)"),
        ("sub.example. TXT", "NOERROR | | \(sub) | \(glue)"),
        ("sub.example. NS", "NOERROR | | \(sub) | \(glue)"),
        ("x.deep.sub.example. A", "NOERROR | | \(sub) | \(glue)"),
        ("any.sub.example. A", "NOERROR | | \(sub) | \(glue)"),
        ("ns.sub.example. A", "NOERROR | | \(sub) | \(glue)"),
        ("sub2.example. A", "NOERROR | | sub2.example. NS ns.sub.example. | ns.sub.example. A 192.0.2.3"),
        (
            "sub.example. DS",
            "NOERROR aa | sub.example. DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000 | |"
        ),
        ("sub2.example. DS", "NOERROR aa | | \(end) |"),
        ("host.sub.example. DS", "NOERROR | | \(sub) | \(glue)"),
        // RFC 6672 §2.3, §3.1.
        (
            "x.old.example. A",
            "NOERROR aa | old.example. DNAME new.example., x.old.example. CNAME x.new.example., x.new.example. A 192.0.2.7 | |"
        ),
        (
            "x.old.example. CNAME",
            "NOERROR aa | old.example. DNAME new.example., x.old.example. CNAME x.new.example. | |"
        ),
        (
            "y.old.example. A",
            "NXDOMAIN aa | old.example. DNAME new.example., y.old.example. CNAME y.new.example. | \(end) |"
        ),
        // RFC 2181 §5: an RRset is given once, however often the way comes by; as Knot and NSD have it.
        (
            "a.loop.example. A",
            "NOERROR aa | loop.example. DNAME turn.example., a.loop.example. CNAME a.turn.example., "
                + "turn.example. DNAME x.loop.example., a.turn.example. CNAME a.x.loop.example., "
                + (1..<5).map {
                    let x = String(repeating: "x.", count: $0)
                    return "a.\(x)loop.example. CNAME a.\(x)turn.example., "
                        + "a.\(x)turn.example. CNAME a.\(x)x.loop.example., "
                }.joined() + "a.x.x.x.x.x.loop.example. CNAME a.x.x.x.x.x.turn.example. | |"
        ),
        ("old.example. TXT", "NOERROR aa | old.example. TXT \"at the DNAME\" | |"),
        ("old.example. A", "NOERROR aa | | \(end) |"),
        (
            "q.gone.example. A",
            "NOERROR aa | gone.example. DNAME target.test., q.gone.example. CNAME q.target.test. | |"
        ),
        // Additional data: what is ours, and nothing from below a cut.
        (
            "mail.example. MX",
            "NOERROR aa | mail.example. MX 1 www.example., mail.example. MX 2 host.sub.example. | | www.example. A 192.0.2.2"
        ),
        ("svc.example. HTTPS", "NOERROR aa | svc.example. HTTPS 1 www.example. | | www.example. A 192.0.2.2"),
        ("_s._tcp.example. SRV", "NOERROR aa | _s._tcp.example. SRV 1 2 3 www.example. | | www.example. A 192.0.2.2"),
        ("example. NS", "NOERROR aa | example. NS ns.example. | | ns.example. A 192.0.2.1"),
        ("q.w.example. A", "NOERROR aa | q.w.example. CNAME www.example., www.example. A 192.0.2.2 | |"),
        // RFC 8482 §4.1: one RRset.
        ("old.example. ANY", "NOERROR aa | old.example. DNAME new.example. | |"),
        ("example. ANY", "NOERROR aa | \(end) | |"),
        ("www.example. AXFR", "REFUSED | | |"),
    ]) func answers(_ row: (String, String)) throws { try Self.ask(row, Self.mixed, apex: "example") }

    /// RFC 6672 §2.2: a name that would get too long.
    @Test func tooLongForARedirection() throws {
        let target = (0..<3).map { _ in String(repeating: "t", count: 60) }.joined(separator: ".")
        let zone = "$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS a\nd DNAME \(target)\n"
        let server = try TestServer("example {\n file db\n}", zoneFiles: ["etc/db": zone])
        let long = String(repeating: "q", count: 63)
        #expect(
            Self.text(try server.ask("\(long).d.example.", .a))
                == "YXDOMAIN aa | d.example. DNAME \(target).example. | |")
        #expect(try server.ask("q.d.example.", .a).message.answer.count == 2)
    }

    /// RFC 4035 §3.1.4: the DS of a cut goes with its referral, also where signatures are made when it is given.
    @Test func trustGoesWithAReferral() throws {
        let zone =
            "$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS a\nd NS ns.d\nd DS 1 13 2 \(String(repeating: "ab", count: 32))\n"
        let server = try TestServer("example {\n file db\n}", zoneFiles: ["etc/db": zone])
        func types(_ edns: QueryOctets.OPT?) throws -> [String] {
            try server.ask("x.d.example.", .a, edns: edns).message.authority.map { line in
                String(line.split(separator: " ")[3])
            }
        }
        #expect(try types(.init(dnssecOK: true)) == ["NS", "DS"])
        #expect(try types(nil) == ["NS"])
    }

    /// RFC 2308 §3: a negative answer may be kept no longer than the minimum says.
    @Test func negativeTTL() throws {
        let zone = "$TTL 3600\n@ SOA a b 1 2 3 4 5\n@ NS a\n"
        let server = try TestServer("example {\n file db\n}", zoneFiles: ["etc/db": zone])
        #expect(try server.ask("x.example.", .a).message.authority.first?.hasPrefix("example. 5 ") == true)
        #expect(try server.ask("example.", .soa).message.answer.first?.hasPrefix("example. 3600 ") == true)
    }

    /// RFC 9471 §3: glue that does not fit is said.
    @Test func glueThatDoesNotFit() throws {
        let servers = (1...13).map {
            "sub NS ns\($0).sub\nns\($0).sub A 192.0.2.\($0)\nns\($0).sub AAAA 2001:db8::\($0)\n"
        }
        let zone = "$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS a\n" + servers.joined()
        let server = try TestServer("example {\n file db\n}", zoneFiles: ["etc/db": zone])
        #expect(try server.ask("x.sub.example.", .a).message.flags.contains(.tc))
        let whole = try server.ask("x.sub.example.", .a, over: .tcp).message
        #expect(!whole.flags.contains(.tc) && whole.additional.count == 26)
    }

    @Test func zonesThatAreNotLoaded() throws {
        let server = try TestServer("example {\n file missing\n}")
        let reply = try server.ask("a.example.", .a, edns: .init())
        #expect(reply.rcode == "SERVFAIL")
        #expect(reply.message.edns?.options.prefix(6) == [0, 15, 0, 24, 0, 14])
        #expect(!server.answerer.state.isReady)
    }

    @Test func fallsThrough() throws {
        let zone = "$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS a\na A 192.0.2.1\n"
        let other = "$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS a\n* A 198.51.100.1\n"
        let corefile = ". {\n file db example test {\n fallthrough example\n }\n file other .\n}"
        let server = try TestServer(corefile, zoneFiles: ["etc/db": zone, "etc/other": other])
        #expect(try server.ask("a.example.", .a).message.answer == ["a.example. 60 IN A 192.0.2.1"])
        #expect(try server.ask("b.example.", .a).message.answer == ["b.example. 60 IN A 198.51.100.1"])
        // Only names that do not exist are the next plugin's.
        #expect(try server.ask("a.example.", .aaaa).message.answer == [])
        #expect(try server.ask("b.test.", .a).rcode == "NXDOMAIN")
        #expect(try server.ask("b.elsewhere.", .a).message.answer == ["b.elsewhere. 60 IN A 198.51.100.1"])
    }

    /// The longest of thousands of zones is found.
    @Test func manyZones() throws {
        var apexes = try (0..<3000).map { try Name("z\($0).example.") }
        apexes += [try Name("example."), try Name("deep.z7.example."), try Name("test.")]
        let set = ZoneSet(apexes: apexes)
        for (name, want) in [
            ("a.b.z2999.example.", "z2999.example."), ("z0.example.", "z0.example."), ("zz.example.", "example."),
            ("x.deep.z7.example.", "deep.z7.example."), ("eep.z7.example.", "z7.example."), ("test.", "test."),
            ("elsewhere.", "-"), (".", "-"),
        ] {
            var folded = FoldedName()
            folded.set(try Name(name))
            let found = set.index(covering: folded).map { set.entries[$0].apex.description } ?? "-"
            #expect(found == want, "\(name)")
        }
    }

    /// A difference leads to the zone that a file with its records would be (RFC 1995 §4).
    @Test func differences() throws {
        let head = "$TTL 60\n@ SOA a b 1 2 3 4 5\n@ NS a\n"
        let zone = try #require(
            ZoneFile.read(
                text: Array((head + "a A 192.0.2.1\nb A 192.0.2.2\n").utf8), named: "db", apex: try Name("example.")
            )
            .zone)
        var next = zone.soa
        next.rdata[next.rdata.count - 17] = 2
        let old = ZoneRecord(owner: try Name("a.example."), type: .a, ttl: 60, rdata: [192, 0, 2, 1])
        let new = ZoneRecord(owner: try Name("c.d.example."), type: .a, ttl: 60, rdata: [192, 0, 2, 3])
        let difference = ZoneDifference(oldSOA: zone.soa, newSOA: next, removed: [old], added: [new])
        let changed = try zone.applying(difference)
        var owners: Set<String> = []
        changed.forEachRecord { owners.insert("\($0.owner) \($0.type)") }
        #expect(changed.serial == 2)
        #expect(owners == ["example. NS", "b.example. A", "c.d.example. A"])
        #expect(throws: ZoneError.self) { try changed.applying(difference) }
        #expect(throws: ZoneError.self) {
            try zone.applying(ZoneDifference(oldSOA: zone.soa, newSOA: next, removed: [new], added: []))
        }
        #expect(throws: ZoneError.self) {
            try zone.applying(ZoneDifference(oldSOA: zone.soa, newSOA: next, removed: [], added: [old]))
        }
    }
}
