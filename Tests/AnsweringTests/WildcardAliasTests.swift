import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// Aliases that wildcards of a zone signed elsewhere stand for: all of the answer, then what proves each wildcard
/// (RFC 4035 §3.1.3.3), as NSD answers from the same zone.
struct WildcardAliasTests {
    private static let zone = """
        $TTL 60
        @ SOA ns host 1 2 3 4 5
        @ NS ns
        @ DNSKEY 256 3 5 AwEAAQ==
        *.again CNAME x.wild
        *.ask CNAME www.test.
        *.cluster CNAME none.default.svc.cluster.local.
        *.lost CNAME x.lou
        ns A 192.0.2.1
        *.wild CNAME www
        www A 192.0.2.2
        @ NSEC *.again SOA NS DNSKEY RRSIG NSEC
        *.again NSEC *.ask CNAME RRSIG NSEC
        *.ask NSEC *.cluster CNAME RRSIG NSEC
        *.cluster NSEC *.lost CNAME RRSIG NSEC
        *.lost NSEC ns CNAME RRSIG NSEC
        ns NSEC *.wild A RRSIG NSEC
        *.wild NSEC www CNAME RRSIG NSEC
        www NSEC @ A RRSIG NSEC
        """

    /// With signatures that nobody looks at here.
    private static var signed: String {
        var seen = Set<String>()
        let lines = zone.split(separator: "\n").dropFirst().compactMap { line -> String? in
            let (owner, type) = (line.split(separator: " ")[0], line.split(separator: " ")[1])
            guard seen.insert("\(owner) \(type)").inserted else { return nil }
            let labels = owner == "@" ? 1 : owner.split(separator: ".").count { $0 != "*" } + 1
            return "\(owner) RRSIG \(type) 5 \(labels) 60 20400101000000 20200101000000 38519 @ AAAA"
        }
        return zone + "\n" + lines.joined(separator: "\n") + "\n"
    }

    private static func server(_ elsewhere: String = "") throws -> TestServer {
        let server = try TestServer(
            "example {\n file db\n}\n\(elsewhere)", registry: "namespace default", zoneFiles: ["etc/db": signed],
            environment: .signing(clock: { 1_795_910_400 }))
        server.upstream = { question in
            UpstreamText.reply(
                to: question, question.type == .a ? ["www.test. 60 CNAME web.test.", "web.test. 60 A 192.0.2.3"] : [])
        }
        return server
    }

    /// `RCODE | answer | authority`: owner and type, and of RRSIG what it covers; the zone's name left out.
    private static func text(_ server: TestServer, _ name: String, _ type: RRType) throws -> String {
        let reply = try server.ask("\(name).example.", type, edns: .init(dnssecOK: true), over: .tcp)
        return
            ([reply.rcode]
            + [reply.message.answer, reply.message.authority].map { lines in
                lines.map { line in
                    let words = line.split(separator: " ").map(String.init)
                    let owner = words[0].replacing(".example.", with: "")
                    return "\(owner) \(words[3])\(words[3] == "RRSIG" ? " \(words[4])" : "")"
                }.joined(separator: ", ")
            }).joined(separator: " | ")
    }

    private static func set(_ owner: String, _ type: String) -> String { "\(owner) \(type), \(owner) RRSIG \(type)" }
    private static let soa = "example. SOA, example. RRSIG SOA"

    @Test(arguments: [
        ("q.wild", RRType.a, "NOERROR | \(set("q.wild", "CNAME")), \(set("www", "A")) | \(set("*.wild", "NSEC"))"),
        (
            "q.wild", .mx,
            "NOERROR | \(set("q.wild", "CNAME")) | \(set("*.wild", "NSEC")), \(soa), \(set("www", "NSEC"))"
        ),
        ("q.wild", .cname, "NOERROR | \(set("q.wild", "CNAME")) | \(set("*.wild", "NSEC"))"),
        // Two wildcards, each with its proof.
        (
            "q.again", .a,
            "NOERROR | \(set("q.again", "CNAME")), \(set("x.wild", "CNAME")), \(set("www", "A")) | "
                + "\(set("*.again", "NSEC")), \(set("*.wild", "NSEC"))"
        ),
        // One record that proves both the wildcard and that its target does not exist.
        (
            "q.lost", .a,
            "NXDOMAIN | \(set("q.lost", "CNAME")) | \(set("*.lost", "NSEC")), \(soa), \(set("example.", "NSEC"))"
        ),
        ("q.ask", .a, "NOERROR | \(set("q.ask", "CNAME")) | \(set("*.ask", "NSEC"))"),
    ])
    func withinTheZone(_ name: String, _ type: RRType, _ want: String) throws {
        #expect(try Self.text(try Self.server(), name, type) == want)
    }

    /// The target is another block's, with plugins that ask more than once.
    @Test(arguments: ["", "dns64", "rewrite stop type TXT MX", "rewrite name suffix .test .test answer auto"])
    func elsewhere(_ directive: String) throws {
        let server = try Self.server(". {\n \(directive)\n forward . 192.0.2.53\n}")
        let answer = Self.set("q.ask", "CNAME") + ", www.test. CNAME, web.test. A"
        #expect(try Self.text(server, "q.ask", .a) == "NOERROR | \(answer) | \(Self.set("*.ask", "NSEC"))")
        guard directive == "dns64" else { return }
        server.client = "2001:db8::1"
        let made = Self.set("q.ask", "CNAME") + ", www.test. CNAME, web.test. AAAA"
        #expect(try Self.text(server, "q.ask", .aaaa) == "NOERROR | \(made) | \(Self.set("*.ask", "NSEC"))")
    }

    /// A zone that is signed here denies its names beside the proof of the other zone's wildcard.
    @Test func signedHere() throws {
        let server = try Self.server(
            """
            cluster.local {
                dnssec {
                    key file 13/257/cluster.local
                }
                kubernetes {
                    manifests services
                }
            }
            """)
        let denied = "none.default.svc.cluster.local. NSEC, none.default.svc.cluster.local. RRSIG NSEC"
        #expect(
            try Self.text(server, "q.cluster", .a)
                == "NOERROR | \(Self.set("q.cluster", "CNAME")) | \(Self.set("*.cluster", "NSEC")), "
                + "cluster.local. SOA, cluster.local. RRSIG SOA, \(denied)")
    }
}
