import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// Zones that were signed elsewhere answer as the examples of the RFCs do.
///
/// Not compared is what the RFCs leave to the server: NS and addresses of the zone's own servers beside an answer.
struct SignedZoneTests {
    /// What a response has, in any order: `OWNER TYPE`, of NSEC and NSEC3 the next name too, of RRSIG what it covers.
    private static func section(_ lines: [String]) -> String {
        lines.map { line in
            let words = line.split(separator: " ").map(String.init)
            let extra =
                switch words[3] {
                case "NSEC", "RRSIG": " " + words[4]
                case "NSEC3": " " + words[8].lowercased()
                default: ""
                }
            return "\(words[0].lowercased()) \(words[3])\(extra)"
        }.sorted().joined(separator: "\n")
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var place: String
        var name: String
        var type: RRType
        var rcode = "NOERROR"
        var isAuthoritative = true
        var answer: [String] = []
        var authority: [String] = []
        var additional: [String] = []
        var testDescription: String { place }
    }

    /// Signatures with the RFC's fields, and octets that nobody looks at here.
    private static func sign(_ zone: String) -> String {
        var seen = Set<String>()
        var lines = "$TTL 3600\n" + zone + "\n"
        let cuts = ["a", "b", "c", "cut.ent"]
        for line in zone.split(separator: "\n") {
            let words = line.split(separator: " ")
            let (owner, type) = (String(words[0]), String(words[1]))
            // Glue and the NS of zone cuts are not signed.
            guard !cuts.contains(where: { owner.hasSuffix(".\($0)") }), !cuts.contains(owner) || type != "NS",
                seen.insert("\(owner) \(type)").inserted
            else { continue }
            let labels = owner == "@" ? 1 : owner.split(separator: ".").count { $0 != "*" } + 1
            lines += "\(owner) RRSIG \(type) 5 \(labels) 3600 20040509183619 20040409183619 38519 @ AAAA\n"
        }
        return lines
    }

    private static func check(_ example: Example, _ zone: String) throws {
        let server = try TestServer("example. {\n file db\n}", zoneFiles: ["etc/db": sign(zone)])
        let reply = try server.ask(example.name, example.type, edns: .init(dnssecOK: true), over: .tcp)
        #expect(reply.rcode == example.rcode)
        #expect(reply.message.flags.contains(.aa) == example.isAuthoritative)
        #expect(section(reply.message.answer) == example.answer.sorted().joined(separator: "\n"))
        #expect(section(reply.message.authority) == example.authority.sorted().joined(separator: "\n"))
        #expect(section(reply.message.additional) == example.additional.sorted().joined(separator: "\n"))
    }

    private static let soa = ["example. SOA", "example. RRSIG SOA"]

    /// An RRset and its signature.
    private static func signed(_ owner: String, _ type: String, _ next: String = "") -> [String] {
        ["\(owner) \(type)\(next.isEmpty ? "" : " \(next)")", "\(owner) RRSIG \(type)"]
    }

    private static func hashed(_ owner: String, _ next: String) -> [String] {
        signed("\(owner).example.", "NSEC3", next)
    }

    /// RFC 4035, Appendix A.
    private static let zone = """
        @ SOA ns1 bugs.x.w 1081539377 3600 300 3600000 3600
        @ NS ns1
        @ NS ns2
        @ MX 1 xx
        @ DNSKEY 256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJFH
        a NS ns1.a
        a NS ns2.a
        a DS 57855 5 1 B6DCD485719ADCA18E5F3D48A2331627FDD3636B
        ns1.a A 192.0.2.5
        ns2.a A 192.0.2.6
        ai A 192.0.2.9
        ai HINFO "KLH-10" "ITS"
        ai AAAA 2001:db8::f00:baa9
        b NS ns1.b
        b NS ns2.b
        ns1.b A 192.0.2.7
        ns2.b A 192.0.2.8
        ns1 A 192.0.2.1
        ns2 A 192.0.2.2
        *.w MX 1 ai
        x.w MX 1 xx
        x.y.w MX 1 xx
        xx A 192.0.2.10
        xx HINFO "KLH-10" "TOPS-20"
        xx AAAA 2001:db8::f00:baaa
        @ NSEC a NS SOA MX RRSIG NSEC DNSKEY
        a NSEC ai NS DS RRSIG NSEC
        ai NSEC b A HINFO AAAA RRSIG NSEC
        b NSEC ns1 NS RRSIG NSEC
        ns1 NSEC ns2 A RRSIG NSEC
        ns2 NSEC *.w A RRSIG NSEC
        *.w NSEC x.w MX RRSIG NSEC
        x.w NSEC x.y.w MX RRSIG NSEC
        x.y.w NSEC xx MX RRSIG NSEC
        xx NSEC @ A HINFO AAAA RRSIG NSEC
        """

    /// RFC 4035, Appendix B.
    private static let examples = [
        Example(
            place: "B.1", name: "x.w.example.", type: .mx, answer: signed("x.w.example.", "MX"),
            additional: signed("xx.example.", "A") + signed("xx.example.", "AAAA")),
        Example(
            place: "B.2", name: "ml.example.", type: .a, rcode: "NXDOMAIN",
            authority: soa + signed("b.example.", "NSEC", "ns1.example.")
                + signed("example.", "NSEC", "a.example.")),
        Example(
            place: "B.3", name: "ns1.example.", type: .mx,
            authority: soa + signed("ns1.example.", "NSEC", "ns2.example.")),
        Example(
            place: "B.4", name: "mc.a.example.", type: .mx, isAuthoritative: false,
            authority: ["a.example. NS", "a.example. NS"] + signed("a.example.", "DS"),
            additional: ["ns1.a.example. A", "ns2.a.example. A"]),
        Example(
            place: "B.5", name: "mc.b.example.", type: .mx, isAuthoritative: false,
            authority: ["b.example. NS", "b.example. NS"] + signed("b.example.", "NSEC", "ns1.example."),
            additional: ["ns1.b.example. A", "ns2.b.example. A"]),
        Example(
            place: "B.6", name: "a.z.w.example.", type: .mx, answer: signed("a.z.w.example.", "MX"),
            authority: signed("x.y.w.example.", "NSEC", "xx.example."),
            additional: signed("ai.example.", "A") + signed("ai.example.", "AAAA")),
        Example(
            place: "B.7", name: "a.z.w.example.", type: .aaaa,
            authority: soa + signed("x.y.w.example.", "NSEC", "xx.example.")
                + signed("*.w.example.", "NSEC", "x.w.example.")),
        Example(
            place: "B.8", name: "example.", type: .ds, authority: soa + signed("example.", "NSEC", "a.example.")),
    ]

    @Test(arguments: examples) func nsec(_ example: Example) throws { try Self.check(example, Self.zone) }

    /// RFC 5155, Appendix A.
    private static let hashedZone = """
        @ SOA ns1 bugs.x.w 1 3600 300 3600000 3600
        @ NS ns1
        @ NS ns2
        @ MX 1 xx
        @ DNSKEY 256 3 7 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2hTY4hHn9npWFRw5BYubE=
        @ NSEC3PARAM 1 0 12 aabbccdd
        2t7b4g4vsa5smi47k61mv5bv1a22bojr A 192.0.2.127
        a NS ns1.a
        a NS ns2.a
        a DS 58470 5 1 3079F1593EBAD6DC121E202A8B766A6A4837206C
        ns1.a A 192.0.2.5
        ns2.a A 192.0.2.6
        ai A 192.0.2.9
        ai HINFO "KLH-10" "ITS"
        ai AAAA 2001:db8::f00:baa9
        c NS ns1.c
        c NS ns2.c
        ns1.c A 192.0.2.7
        ns2.c A 192.0.2.8
        ns1 A 192.0.2.1
        ns2 A 192.0.2.2
        *.w MX 1 ai
        x.w MX 1 xx
        x.y.w MX 1 xx
        xx A 192.0.2.10
        xx HINFO "KLH-10" "TOPS-20"
        xx AAAA 2001:db8::f00:baaa
        0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG
        2t7b4g4vsa5smi47k61mv5bv1a22bojr NSEC3 1 1 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG
        2vptu5timamqttgl4luu9kg21e0aor3s NSEC3 1 1 12 aabbccdd 35mthgpgcu1qg68fab165klnsnk3dpvl MX RRSIG
        35mthgpgcu1qg68fab165klnsnk3dpvl NSEC3 1 1 12 aabbccdd b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG
        b4um86eghhds6nea196smvmlo4ors995 NSEC3 1 1 12 aabbccdd gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG
        gjeqe526plbf1g8mklp59enfd789njgi NSEC3 1 1 12 aabbccdd ji6neoaepv8b5o6k4ev33abha8ht9fgc HINFO A AAAA RRSIG
        ji6neoaepv8b5o6k4ev33abha8ht9fgc NSEC3 1 1 12 aabbccdd k8udemvp1j2f7eg6jebps17vp3n8i58h
        k8udemvp1j2f7eg6jebps17vp3n8i58h NSEC3 1 1 12 aabbccdd kohar7mbb8dc2ce8a9qvl8hon4k53uhi
        kohar7mbb8dc2ce8a9qvl8hon4k53uhi NSEC3 1 1 12 aabbccdd q04jkcevqvmu85r014c7dkba38o0ji5r A RRSIG
        q04jkcevqvmu85r014c7dkba38o0ji5r NSEC3 1 1 12 aabbccdd r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG
        r53bq7cc2uvmubfu5ocmm6pers9tk9en NSEC3 1 1 12 aabbccdd t644ebqk9bibcna874givr6joj62mlhv MX RRSIG
        t644ebqk9bibcna874givr6joj62mlhv NSEC3 1 1 12 aabbccdd 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom HINFO A AAAA RRSIG
        """

    private static let apexHash = hashed("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "2t7b4g4vsa5smi47k61mv5bv1a22bojr")
    private static let cutHash = hashed("35mthgpgcu1qg68fab165klnsnk3dpvl", "b4um86eghhds6nea196smvmlo4ors995")
    /// Covers z.w.example.
    private static let nextCloserHash = hashed("q04jkcevqvmu85r014c7dkba38o0ji5r", "r53bq7cc2uvmubfu5ocmm6pers9tk9en")

    /// RFC 5155, Appendix B.
    private static let hashedExamples = [
        Example(
            place: "B.1", name: "a.c.x.w.example.", type: .a, rcode: "NXDOMAIN",
            authority: soa + apexHash + cutHash
                + hashed("b4um86eghhds6nea196smvmlo4ors995", "gjeqe526plbf1g8mklp59enfd789njgi")),
        Example(
            place: "B.2", name: "ns1.example.", type: .mx,
            authority: soa + hashed("2t7b4g4vsa5smi47k61mv5bv1a22bojr", "2vptu5timamqttgl4luu9kg21e0aor3s")),
        Example(
            place: "B.2.1", name: "y.w.example.", type: .a,
            authority: soa + hashed("ji6neoaepv8b5o6k4ev33abha8ht9fgc", "k8udemvp1j2f7eg6jebps17vp3n8i58h")),
        Example(
            place: "B.3", name: "mc.c.example.", type: .mx, isAuthoritative: false,
            authority: ["c.example. NS", "c.example. NS"] + cutHash + apexHash,
            additional: ["ns1.c.example. A", "ns2.c.example. A"]),
        Example(
            place: "B.4", name: "a.z.w.example.", type: .mx, answer: signed("a.z.w.example.", "MX"),
            authority: nextCloserHash,
            additional: signed("ai.example.", "A") + signed("ai.example.", "AAAA")),
        Example(
            place: "B.5", name: "a.z.w.example.", type: .aaaa,
            authority: soa + hashed("k8udemvp1j2f7eg6jebps17vp3n8i58h", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi")
                + nextCloserHash + hashed("r53bq7cc2uvmubfu5ocmm6pers9tk9en", "t644ebqk9bibcna874givr6joj62mlhv")),
        Example(place: "B.6", name: "example.", type: .ds, authority: soa + apexHash),
    ]

    @Test(arguments: hashedExamples) func nsec3(_ example: Example) throws {
        try Self.check(example, Self.hashedZone)
    }

    /// RFC 4035 §2.5, RFC 4034 §4: NSEC and RRSIG stand beside a CNAME, and asked for by their types they are answered.
    @Test func besideAnAlias() throws {
        let zone = """
            @ SOA ns host 1 2 3 4 5
            @ NS ns
            @ DNSKEY 256 3 7 AwEAAQ==
            alias CNAME ns
            ns A 192.0.2.1
            @ NSEC alias NS SOA RRSIG NSEC DNSKEY
            alias NSEC ns CNAME RRSIG NSEC
            ns NSEC @ A RRSIG NSEC
            """
        let nsec = Self.signed("alias.example.", "NSEC", "ns.example.")
        try Self.check(Example(place: "NSEC", name: "alias.example.", type: .nsec, answer: nsec), zone)
        let signatures = ["alias.example. RRSIG CNAME", "alias.example. RRSIG NSEC"]
        try Self.check(Example(place: "RRSIG", name: "alias.example.", type: .rrsig, answer: signatures), zone)
    }

    /// As dnssec-signzone -A makes the chain: `cut.ent` is no secure delegation, so neither it nor `ent` has a hash, and the
    /// closest encloser that can be proven is the zone (RFC 5155 §1.3, §7.2.1).
    @Test func optOut() throws {
        let zone = """
            @ SOA ns host 1 2 3 4 5
            @ NS ns
            @ DNSKEY 256 3 7 AwEAAQ==
            @ NSEC3PARAM 1 0 0 -
            cut.ent NS ns.example.net.
            ns A 192.0.2.1
            3msev9usmd4br9s97v51r2tdvmr9iqo1 NSEC3 1 1 0 - kncb8asp44gj31sjvi5s29d8q49gb30r NS SOA RRSIG DNSKEY NSEC3PARAM
            kncb8asp44gj31sjvi5s29d8q49gb30r NSEC3 1 1 0 - 3msev9usmd4br9s97v51r2tdvmr9iqo1 A RRSIG
            """
        let chain =
            Self.hashed("3msev9usmd4br9s97v51r2tdvmr9iqo1", "kncb8asp44gj31sjvi5s29d8q49gb30r")
            + Self.hashed("kncb8asp44gj31sjvi5s29d8q49gb30r", "3msev9usmd4br9s97v51r2tdvmr9iqo1")
        try Self.check(
            Example(
                place: "opt-out", name: "x.ent.example.", type: .a, rcode: "NXDOMAIN", authority: Self.soa + chain),
            zone)
    }
}
