import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// What NSEC records made for an answer list: the types that a name has, and no others (RFC 9824 §3, RFC 4034 §4.1.2).
struct DenialTypesTests {
    private static let today: Int64 = 1_795_910_400

    private static let zone = """
        $TTL 60
        @ SOA ns host 1 2 3 4 5
        @ NS ns
        @ TYPE65280 \\# 1 01
        @ CAA 0 issue "x"
        ns A 192.0.2.1
        a.ent TXT x
        *.wild MX 1 ns
        *.wild SRV 1 2 3 ns
        insecure NS ns.insecure
        insecure TXT "of the child"
        ns.insecure A 192.0.2.2
        secure NS ns
        secure DS 1 13 2 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF
        child NS ns
        kid NS ns
        kid DS 2 13 2 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF
        """

    private static let child = "$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\n@ A 192.0.2.9\nns A 192.0.2.3\n"

    /// The zone above and two below it: one in the same block, one in a block of its own.
    private static func server() throws -> TestServer {
        try TestServer(
            """
            . {
                dnssec {
                    key file 13/257/parent.test 13/257/child.parent.test 13/257/cluster.local
                }
                template IN A cluster.local {
                    match ^t\\.
                    answer "{{ .Name }} 5 IN A 192.0.2.5"
                    fallthrough
                }
                hosts {
                    192.0.2.7 printer.cluster.local
                    fallthrough
                }
                kubernetes cluster.local {
                    manifests services
                }
                template IN ANY any.parent.test {
                    match ^(?P<type>ptr|ns)\\.any\\.
                    answer "{{ .Name }} 5 IN AFSDB 1 ns" "{{ .Name }} 5 IN {{ .Group.type }} ns" "x.test 5 IN HINFO x x"
                    authority "parent.test 5 IN SOA ns host 1 2 3 4 5"
                    fallthrough
                }
                template IN ANY typed.parent.test {
                    answer "{{ .Name }} 5 IN {{ .Type }} 192.0.2.6"
                    authority "parent.test 5 IN SOA ns host 1 2 3 4 5"
                }
                file child child.parent.test
                file zone parent.test
            }
            kid.parent.test {
                dnssec {
                    key file 13/257/kid.parent.test
                }
                file child
            }
            """,
            registry: """
                namespace default
                service web 10.0.0.1 fd00::1 http:80
                """,
            zoneFiles: ["etc/zone": zone, "etc/child": child], environment: .signing(clock: { today }))
    }

    /// The types of the one NSEC record of a response, all of whose signatures are those of `signer`.
    private static func types(
        _ name: String, _ type: RRType, signer: String, of server: @autoclosure () throws -> TestServer = try server()
    ) throws -> String {
        let reply = try server().ask(name, type, edns: .init(dnssecOK: true), over: .tcp)
        let keys = [try TestKeys.key(13, zone: signer)]
        let signatures = try LDNSMessage.signatures(in: reply.octets, keys: keys, at: today)
        #expect(!signatures.isEmpty && signatures.allSatisfy { $0.hasSuffix(": OK") }, "\(signatures)")
        let lines = (reply.message.answer + reply.message.authority).filter { $0.split(separator: " ")[3] == "NSEC" }
        #expect(lines.count == 1)
        return "\(reply.rcode): " + (lines.first ?? "").split(separator: " ").dropFirst(5).joined(separator: " ")
    }

    @Test(arguments: [
        ("parent.test.", RRType.mx, "NOERROR: NS SOA RRSIG NSEC DNSKEY CAA TYPE65280"),
        ("parent.test.", .nsec, "NOERROR: NS SOA RRSIG NSEC DNSKEY CAA TYPE65280"),
        ("ns.parent.test.", .aaaa, "NOERROR: A RRSIG NSEC"),
        ("ent.parent.test.", .a, "NOERROR: RRSIG NSEC"),
        ("a.ent.parent.test.", .a, "NOERROR: TXT RRSIG NSEC"),
        ("x.wild.parent.test.", .a, "NOERROR: MX SRV RRSIG NSEC"),
        ("*.wild.parent.test.", .a, "NOERROR: MX SRV RRSIG NSEC"),
        ("none.parent.test.", .a, "NOERROR: RRSIG NSEC TYPE128"),
        // A zone cut without DS, by its name and from below.
        ("insecure.parent.test.", .ds, "NOERROR: NS RRSIG NSEC"),
        ("x.insecure.parent.test.", .a, "NOERROR: NS RRSIG NSEC"),
        // The zone of the cut is served here too: its parent answers all the same (RFC 4035 §3.1.4.1).
        ("child.parent.test.", .ds, "NOERROR: NS RRSIG NSEC"),
    ])
    func ofZoneFiles(_ name: String, _ type: RRType, _ want: String) throws {
        #expect(try Self.types(name, type, signer: "parent.test") == want)
    }

    @Test(arguments: [
        // A Service's own name has its SRV records too.
        ("web.default.svc.cluster.local.", RRType.mx, "NOERROR: A AAAA SRV RRSIG NSEC"),
        ("_http._tcp.web.default.svc.cluster.local.", .mx, "NOERROR: A AAAA SRV RRSIG NSEC"),
        ("default.svc.cluster.local.", .a, "NOERROR: RRSIG NSEC"),
        ("cluster.local.", .a, "NOERROR: NS SOA RRSIG NSEC DNSKEY"),
        ("cluster.local.", .ds, "NOERROR: NS SOA RRSIG NSEC DNSKEY"),
        ("none.default.svc.cluster.local.", .a, "NOERROR: RRSIG NSEC TYPE128"),
        ("printer.cluster.local.", .aaaa, "NOERROR: A RRSIG NSEC"),
        // Of the template, whoever denies the other types.
        ("t.cluster.local.", .aaaa, "NOERROR: A RRSIG NSEC"),
    ])
    func ofTheCluster(_ name: String, _ type: RRType, _ want: String) throws {
        #expect(try Self.types(name, type, signer: "cluster.local") == want)
    }

    /// What a `template` for any type makes of the name, and not what others might.
    @Test(arguments: [
        ("ptr.any.parent.test.", RRType.mx, "NOERROR: PTR AFSDB RRSIG NSEC"),
        // These would make of the name what it is not.
        ("ns.any.parent.test.", .mx, "NOERROR: AFSDB RRSIG NSEC"),
        // Only data of some types is an address as it is written: one, a name or a text.
        ("a.typed.parent.test.", .ns, "NOERROR: A PTR TXT RRSIG NSEC SPF"),
    ])
    func ofTemplates(_ name: String, _ type: RRType, _ want: String) throws {
        #expect(try Self.types(name, type, signer: "parent.test") == want)
    }

    /// Zones that a registry has are cut where another zone is here, and have no DS for it: an insecure delegation, as
    /// RFC 6840 §4.4 has it proved, and no name that does not exist.
    @Test(arguments: [
        // In the same block, in one of its own, of the same registry.
        ("sub.cluster.local.", "cluster.local"), ("kid.cluster.local.", "cluster.local"),
        ("out.cluster.local.", "cluster.local"), ("sub.out.cluster.local.", "out.cluster.local"),
        ("in.parent.test.", "parent.test"),
    ])
    func cutsOfTheCluster(_ name: String, _ signer: String) throws {
        #expect(try Self.types(name, .ds, signer: signer, of: Self.nested()) == "NOERROR: NS RRSIG NSEC")
        let reply = try Self.nested().ask(name, .ds)
        #expect(reply.rcode == "NOERROR" && reply.message.answer.isEmpty && reply.message.flags.contains(.aa))
        #expect(reply.message.authority.count == 1 && reply.message.authority[0].hasPrefix("\(signer). 5 IN SOA"))
        // All else is the child's.
        #expect(try Self.nested().ask(name, .soa).message.answer.first?.hasPrefix("\(name) ") == true)
    }

    /// Other names, and what is left to somebody else, have no zone here that shows a cut.
    @Test func noCutsOfTheCluster() throws {
        for (name, want) in [
            ("web.default.svc.cluster.local.", "A AAAA SRV RRSIG NSEC"), ("printer.cluster.local.", "A RRSIG NSEC"),
            ("none.cluster.local.", "RRSIG NSEC TYPE128"),
        ] {
            #expect(
                try Self.types(name, .ds, signer: "cluster.local", of: Self.nested()) == "NOERROR: \(want)", "\(name)")
        }
        let server = try Self.nested()
        server.upstream = { UpstreamText.reply(to: $0) }
        _ = try server.ask("stub.cluster.local.", .ds)
        #expect(server.asked.map(\.text) == ["stub.cluster.local."])
    }

    private static func nested() throws -> TestServer {
        try TestServer(
            """
            . {
                dnssec {
                    key file 13/257/parent.test 13/257/cluster.local 13/257/out.cluster.local
                }
                hosts {
                    192.0.2.7 printer.cluster.local
                    fallthrough
                }
                k8s_external out.cluster.local {
                    fallthrough
                }
                kubernetes cluster.local in.parent.test {
                    manifests services
                    ttl 5
                    fallthrough sub.cluster.local sub.out.cluster.local
                }
                file child sub.cluster.local sub.out.cluster.local
                file zone parent.test
            }
            kid.cluster.local {
                file child
            }
            stub.cluster.local {
                forward . 192.0.2.53
            }
            """,
            registry: """
                namespace default
                service web 10.0.0.1 fd00::1 http:80
                """,
            zoneFiles: ["etc/zone": zone + "\nin NS ns\n", "etc/child": child],
            environment: .signing(clock: { today }))
    }

    /// All else at the apex is the child's.
    @Test func children() throws {
        #expect(
            try Self.types("child.parent.test.", .mx, signer: "child.parent.test")
                == "NOERROR: A NS SOA RRSIG NSEC DNSKEY")
        #expect(
            try Self.types("kid.parent.test.", .mx, signer: "kid.parent.test") == "NOERROR: A NS SOA RRSIG NSEC DNSKEY")
        let reply = try Self.server().ask("kid.parent.test.", .ds, edns: .init(dnssecOK: true), over: .tcp)
        let keys = [try TestKeys.key(13, zone: "parent.test")]
        #expect(
            try LDNSMessage.signatures(in: reply.octets, keys: keys, at: Self.today) == ["kid.parent.test. DS: OK"])
        #expect(reply.message.flags.contains(.aa) && reply.message.answer.count == 2)
    }
}
