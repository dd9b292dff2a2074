import Answering
import ClusterZone
import DNSTesting
import DNSWire
import NetworkAddress
import Testing
import ZoneFiles

/// Addresses for clients that have IPv6 alone (RFC 6147).
struct DNS64Tests {
    private static let hosts = """
        hosts {
            192.0.2.33 four.example both.example
            192.0.2.34 four.example
            2001:db8::1 both.example six.example
            ::ffff:192.0.2.1 mapped.example mixed.example
            192.0.2.9 mapped.example
            2001:db8::2 mixed.example
            ttl 900
        }
        """

    private static func server(_ dns64: String = "dns64", _ rest: String = hosts) throws -> TestServer {
        let server = try TestServer(". {\n \(dns64)\n \(rest)\n}")
        server.client = "2001:db8::cafe"
        return server
    }

    @Test func answers() throws {
        let table = try AnswerTable(
            """
            AAAA four.example. -> AAAA 64:ff9b::c000:221, AAAA 64:ff9b::c000:222
            A four.example. -> A 192.0.2.33, A 192.0.2.34
            AAAA both.example. -> AAAA 2001:db8::1
            AAAA six.example. -> AAAA 2001:db8::1
            AAAA mapped.example. -> AAAA 64:ff9b::c000:209
            AAAA mixed.example. -> AAAA 2001:db8::2
            AAAA none.example. -> NXDOMAIN bare
            TXT four.example. -> NODATA bare
            """)
        let differences = table.differences(try Self.server())
        #expect(differences.isEmpty)
    }

    /// RFC 6052 §2.4, and the same address behind the documentation's prefixes.
    @Test(arguments: [
        ("2001:db8::/32", "2001:db8:c000:221::"), ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
        ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"), ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
        ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
        ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"), ("64:ff9b::/96", "64:ff9b::192.0.2.33"),
    ])
    func prefixes(_ prefix: String, _ want: String) throws {
        let address = try #require(IPAddress(want))
        for directive in ["dns64 \(prefix)", "dns64 {\n prefix \(prefix)\n }"] {
            let server = try Self.server(directive, "hosts {\n 192.0.2.33 a.example\n }")
            #expect(try server.ask("a.example.", .aaaa).summary == "AAAA \(address)")
            // And back: the reverse name leads to that of the IPv4 address.
            let reverse = try server.ask(ReverseName.name(of: address).description, .ptr)
            #expect(
                reverse.summary
                    == "CNAME 33.2.0.192.in-addr.arpa., 33.2.0.192.in-addr.arpa. PTR a.example.")
        }
    }

    @Test func otherReverseNamesAreLeftAlone() throws {
        let server = try Self.server(
            "dns64", "hosts {\n 192.0.2.33 a.example\n 64:ff9c::c000:221 b.example\n 64:ff9b::1:c000:221 c.example\n }")
        for (address, name) in [("64:ff9c::c000:221", "b.example."), ("64:ff9b::1:c000:221", "c.example.")] {
            let reverse = ReverseName.name(of: try #require(IPAddress(address))).description
            #expect(try server.ask(reverse, .ptr).summary == "PTR \(name)")
        }
    }

    @Test func whoIsServed() throws {
        let server = try Self.server()
        for client in ["192.0.2.7", "::ffff:192.0.2.7"] {
            server.client = client
            #expect(try server.ask("four.example.", .aaaa).summary == "NODATA bare")
        }
        let open = try Self.server("dns64 {\n allow_ipv4\n }")
        open.client = "192.0.2.7"
        #expect(try open.ask("four.example.", .aaaa).message.answer.count == 2)
    }

    /// A client that validates for itself must see what is signed (RFC 6147 §5.5).
    @Test(arguments: [(false, false, true), (true, false, true), (false, true, true), (true, true, false)])
    func validators(_ dnssecOK: Bool, _ checkingDisabled: Bool, _ isTranslated: Bool) throws {
        var query = QueryOctets("four.example", .aaaa, edns: .init(dnssecOK: dnssecOK))
        query.flags = checkingDisabled ? 0x0110 : 0x0100
        #expect(try Self.server().ask(query).message.answer.isEmpty != isTranslated)
    }

    @Test func translatingAll() throws {
        let server = try Self.server("dns64 {\n translate_all\n }")
        #expect(try server.ask("both.example.", .aaaa).summary == "AAAA 64:ff9b::c000:221")
        #expect(try server.ask("six.example.", .aaaa).summary == "AAAA 2001:db8::1")
        #expect(try server.ask("none.example.", .aaaa).summary == "NXDOMAIN bare")
    }

    /// RFC 6147 §5.1.7: the least of the A record's TTL and the denial's; 600 where no SOA gives one.
    @Test func ttl() throws {
        let bare = try Self.server().ask("four.example.", .aaaa).message.answer
        #expect(bare.allSatisfy { $0.hasPrefix("four.example. 600 IN AAAA") })
        for (denial, address, want) in [(30, 300, 30), (1200, 300, 300), (1200, 1100, 1100)] {
            let upstream = try UpstreamTable(". \(denial) SOA\n www.example. \(address) A 192.0.2.1")
            let answer = try upstream.ask(Self.server("dns64", "forward . 192.0.2.53"), "www.example.", .aaaa).message
                .answer
            #expect(answer == ["www.example. \(want) IN AAAA 64:ff9b::c000:201"])
        }
    }

    /// Both questions are deferred, one after the other.
    @Test func behindForward() throws {
        let upstream = try UpstreamTable(
            """
            www.example. 60 CNAME host.example.
            host.example. 60 A 192.0.2.1
            host.example. 60 A 192.0.2.2
            six.example. 60 AAAA 2001:db8::1
            alias.example. 60 CNAME gone.example.
            text.example. 60 PTR a.example.
            """)
        let server = try Self.server("dns64", "forward . 192.0.2.53\n cache")
        let rows: [(String, String)] = [
            (
                "www.example.",
                "CNAME host.example., host.example. AAAA 64:ff9b::c000:201, host.example. AAAA 64:ff9b::c000:202"
            ),
            ("six.example.", "AAAA 2001:db8::1"), ("text.example.", "NODATA"), ("gone.example.", "NXDOMAIN"),
            ("alias.example.", "NXDOMAIN: CNAME gone.example. / SOA"),
        ]
        for (name, want) in rows {
            let reply = try upstream.ask(server, name, .aaaa)
            #expect(reply.summary.replacing(" (no aa)", with: "") == want)
        }
        #expect(server.answerer.statistics[0].count(of: .translated) >= 1)
    }

    /// An ExternalName is followed before anything is made up, and through zones that have `dns64` themselves.
    @Test func behindAliases() throws {
        let server = try TestServer(
            """
            cluster.local {
                dns64
                kubernetes {
                    manifests services
                }
            }
            example {
                dns64 2001:db8::/96
                hosts {
                    192.0.2.33 www.example
                }
            }
            """,
            registry: """
                namespace shop
                external out.shop www.example
                external one.shop two.shop.svc.cluster.local
                external two.shop one.shop.svc.cluster.local
                """)
        server.client = "2001:db8::cafe"
        #expect(
            try server.ask("out.shop.svc", .aaaa).summary == "CNAME www.example., www.example. AAAA 64:ff9b::c000:221")
        #expect(try server.ask("www.example.", .aaaa).summary == "AAAA 2001:db8::c000:221")
        #expect(try server.ask("one.shop.svc", .aaaa).message.answer.count == 2)
    }

    /// However long the chain, it is asked for AAAA once and for A once.
    @Test func behindALongChain() throws {
        let links = (0..<9).map { "external c\($0).shop c\($0 + 1).shop.svc.cluster.local" }.joined(separator: "\n")
        let server = try TestServer(
            TestServer.cluster().replacing(". {\n", with: ". {\n dns64\n"),
            registry: "namespace shop\n\(links)\nservice c9.shop 10.0.0.1 http:80")
        server.client = "2001:db8::cafe"
        let answer = try server.ask("c0.shop.svc", .aaaa, over: .tcp).message.answer
        #expect(answer.count == 10 && answer.last == "c9.shop.svc.cluster.local. 5 IN AAAA 64:ff9b::a00:1")
    }

    /// A block with `dns64` answers the end of a chain that started in one without.
    @Test func atTheEndOfAChain() throws {
        let server = try TestServer(
            """
            cluster.local {
                kubernetes {
                    manifests services
                }
            }
            example {
                dns64
                hosts {
                    192.0.2.33 www.example
                }
            }
            """, registry: "namespace shop\nexternal out.shop www.example")
        server.client = "2001:db8::cafe"
        #expect(
            try server.ask("out.shop.svc", .aaaa).summary == "CNAME www.example., www.example. AAAA 64:ff9b::c000:221")
        #expect(try server.ask("out.shop.svc", .a).summary == "CNAME www.example., www.example. A 192.0.2.33")
    }

    /// What does not fit is said to be cut, and comes whole over TCP.
    @Test func manyAddresses() throws {
        let lines = (0..<40).map { "192.0.2.\($0) many.example" }.joined(separator: "\n")
        let server = try Self.server("dns64", "hosts {\n \(lines)\n }")
        let cut = try server.ask("many.example.", .aaaa).message
        #expect(cut.flags.contains(.tc) && !cut.answer.isEmpty)
        #expect(try server.ask("many.example.", .aaaa, over: .tcp).message.answer.count == 40)
    }

    @Test func turnedByLoadbalance() throws {
        let server = try Self.server("dns64\n loadbalance")
        let firsts = try (0..<4).map { _ in try server.ask("four.example.", .aaaa).message.answer[0] }
        #expect(Set(firsts).count == 2)
    }
}
