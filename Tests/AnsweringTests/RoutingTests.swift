import Answering
import DNSTesting
import DNSWire
import NetworkAddress
import Testing
import ZoneFiles

/// Which block answers, and what the chain makes of it.
struct RoutingTests {
    private static let corefile = """
        . {
            hosts {
                192.0.2.1 a.example b.example
                2001:db8::1 a.example
                192.0.2.2 a.example
                fallthrough
            }
        }
        example {
            hosts {
                192.0.2.9 a.example
                no_reverse
                ttl 60
            }
        }
        cluster.local in-addr.arpa {
            hosts {
                192.0.2.3 printer.cluster.local
                no_reverse
                fallthrough
            }
            kubernetes cluster.local in-addr.arpa {
                manifests services
            }
        }
        """

    @Test func answers() throws {
        let server = try TestServer(Self.corefile, registry: "namespace shop\nservice web.shop 10.0.0.1 http:80")
        let table = try AnswerTable(
            """
            A a.example. -> A 192.0.2.9
            AAAA a.example. -> NODATA bare
            A b.example. -> NXDOMAIN bare
            A x.a.example. -> NXDOMAIN bare
            A a.Example. -> A 192.0.2.9
            A example.com. -> REFUSED
            A printer -> A 192.0.2.3
            A web.shop.svc -> A 10.0.0.1
            PTR 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
            A nothing -> NXDOMAIN
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
    }

    @Test func namesOfNoBlockAreRefused() throws {
        let server = try TestServer("example {\n hosts {\n 192.0.2.9 a.example\n }\n}")
        let table = try AnswerTable(
            """
            A a.example. -> A 192.0.2.9
            A a.example.com. -> REFUSED
            A . -> REFUSED
            AXFR example.com. -> REFUSED
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
    }

    /// A block without a plugin has nothing to say.
    @Test func aBlockWithoutPlugins() throws {
        let server = try TestServer(". {\n errors\n}")
        let reply = try server.ask("a.example.", .a)
        #expect(reply.summary == "REFUSED")
    }

    /// kubernetes falls through for NXDOMAIN alone, and only in the zones named (rule 17); the last plugin keeps its answer.
    @Test func fallThrough() throws {
        let corefile = """
            . {
                kubernetes cluster.local in-addr.arpa {
                    manifests one
                    fallthrough in-addr.arpa
                }
                kubernetes other.example in-addr.arpa {
                    manifests two
                    fallthrough
                }
            }
            """
        let server = try TestServer(corefile, registry: "namespace shop\nservice web.shop 10.0.0.1 http:80")
        let table = try AnswerTable(
            """
            A web.shop.svc -> A 10.0.0.1
            TXT web.shop.svc -> NODATA
            A nothing -> NXDOMAIN
            PTR 9.9.9.9.in-addr.arpa. -> NXDOMAIN
            A web.shop.svc.other.example. -> A 10.0.0.1
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
    }

    @Test func aChainThroughTheWholeServer() throws {
        let corefile = """
            cluster.local {
                kubernetes {
                    manifests services
                }
            }
            example {
                hosts {
                    192.0.2.80 www.example
                }
            }
            """
        let server = try TestServer(
            corefile,
            registry: """
                namespace shop
                external out.shop www.example
                external dead.shop gone.example
                external away.shop www.example.com
                """)
        let table = try AnswerTable(
            """
            A out.shop.svc -> CNAME www.example., www.example. A 192.0.2.80
            AAAA out.shop.svc -> CNAME www.example.
            A away.shop.svc -> CNAME www.example.com.
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
        let dead = try server.ask("dead.shop.svc", .a)
        #expect(dead.rcode == "NXDOMAIN" && dead.message.answer.count == 1)
    }

    /// Ten CNAMEs are followed, an eleventh is not.
    @Test func theLongestChain() throws {
        let links = (0..<11).map { "external c\($0).shop c\($0 + 1).shop.svc.cluster.local" }.joined(separator: "\n")
        let server = try TestServer(registry: "namespace shop\n\(links)\nservice c11.shop 10.0.0.1 http:80")
        let ten = try server.ask("c1.shop.svc", .a, edns: .init()).message.answer
        #expect(ten.count == 11 && ten.last == "c11.shop.svc.cluster.local. 5 IN A 10.0.0.1")
        let eleven = try server.ask("c0.shop.svc", .a, edns: .init()).message
        #expect(eleven.rcode == 0 && eleven.answer.allSatisfy { $0.contains(" CNAME ") } && eleven.answer.count <= 11)
    }
}
