import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// What clients get of what upstreams say; replies are judged by libldns.
struct ForwardTests {
    private static func server(_ options: String = "cache 30", _ forward: String = "forward . 192.0.2.53") throws
        -> TestServer
    {
        try TestServer(". {\n\(options)\n\(forward)\n}")
    }

    private static let soa = "example. 900 SOA 600"

    @Test func anAnswerIsPassedOnWithTheAskersCase() throws {
        let server = try Self.server()
        server.upstream = { UpstreamText.reply(to: $0, ["www.example. 300 A 192.0.2.1"]) }
        let reply = try server.ask("WwW.ExAmPlE.", .a, edns: .init())
        #expect(reply.message.answer == ["WwW.ExAmPlE. 30 IN A 192.0.2.1"])
        #expect(reply.message.flags == [.qr, .rd, .ra])
    }

    @Test func theSecondClientIsAnsweredFromTheCacheWithATTLThatCountsDown() throws {
        let server = try Self.server("cache 3600")
        server.upstream = { question in
            UpstreamText.reply(to: question, ["www.example. 300 CNAME web.example.", "web.example. 20 A 192.0.2.1"])
        }
        _ = try server.ask("www.example.", .a)
        server.now += 7_900_000_000
        #expect(
            try server.ask("www.example.", .a).message.answer == [
                "www.example. 293 IN CNAME web.example.", "web.example. 13 IN A 192.0.2.1",
            ])
        #expect(server.asked.count == 1)
        // The shortest TTL ends the whole.
        server.now += 13_000_000_000
        _ = try server.ask("www.example.", .a)
        #expect(server.asked.count == 2)
    }

    /// A week is the most that a TTL may say (RFC 8767 §4), also of an alias that leads to no data and no SOA.
    @Test func noTTLIsLongerThanItMayBe() throws {
        for data in [["web.example. 6160444 A 192.0.2.1"], []] {
            let server = try Self.server("cache 604800")
            server.upstream = { UpstreamText.reply(to: $0, ["www.example. 6160444 CNAME web.example."] + data) }
            let answer = try server.ask("www.example.", .a).message.answer
            #expect(answer.first == "www.example. 604800 IN CNAME web.example.")
        }
    }

    @Test func namesWithAndWithoutDOAndCDAreKeptApart() throws {
        let server = try Self.server()
        server.upstream = { UpstreamText.reply(to: $0, ["a.example. 60 A 192.0.2.1"]) }
        _ = try server.ask("a.example.", .a, edns: .init())
        _ = try server.ask("a.example.", .a, edns: .init(dnssecOK: true))
        _ = try server.ask("a.example.", .aaaa)
        var query = QueryOctets("a.example.", .a)
        query.flags |= 0x0010
        _ = try server.ask(query)
        #expect(server.asked.count == 4)
    }

    struct Denial: Sendable {
        var rcode: RCODE
        var authority: [String]
        /// Seconds after which it is asked again; 0: at once.
        var keptFor: UInt64
        var want: String
    }

    static let denials = [
        Denial(rcode: .nxDomain, authority: ["example. 900 SOA 20"], keptFor: 20, want: "NXDOMAIN (no aa)"),
        Denial(rcode: .noError, authority: ["example. 5 SOA 600"], keptFor: 5, want: "NODATA (no aa)"),
        // RFC 2308 §5: without SOA a denial is not kept.
        Denial(rcode: .nxDomain, authority: [], keptFor: 0, want: "NXDOMAIN bare (no aa)"),
        // A SOA of somebody else's zone is none.
        Denial(rcode: .nxDomain, authority: ["other. 900 SOA 20"], keptFor: 0, want: "NXDOMAIN bare (no aa)"),
    ]

    @Test(arguments: denials) func aDenialIsKeptAsItsSOASays(_ row: Denial) throws {
        let server = try Self.server("cache 3600")
        server.upstream = { UpstreamText.reply(to: $0, rcode: row.rcode, authority: row.authority) }
        #expect(try server.ask("none.example.", .a).summary == row.want)
        if row.keptFor > 0 {
            server.now += row.keptFor * 1_000_000_000 - 1
            _ = try server.ask("none.example.", .a)
            #expect(server.asked.count == 1)
            server.now += 1
        }
        _ = try server.ask("none.example.", .a)
        #expect(server.asked.count == 2)
    }

    /// Robustness fact 39: nothing that was not asked for is kept or passed on.
    @Test func recordsOfOthersAreDropped() throws {
        let server = try Self.server()
        server.upstream = { question in
            UpstreamText.reply(
                to: question,
                [
                    "www.example. 60 A 192.0.2.1", "bank.example. 60 A 203.0.113.6", "www.example. 60 TXT x",
                    "www.example. 60 A 192.0.2.1",
                ], authority: ["example. 60 NS ns.attacker.", Self.soa])
        }
        let reply = try server.ask("www.example.", .a)
        #expect(reply.message.answer == ["www.example. 30 IN A 192.0.2.1"])
        #expect(reply.message.authority.isEmpty && reply.message.additional.isEmpty)
    }

    @Test func aLoopOfCNAMEsFails() throws {
        let server = try Self.server()
        server.upstream = { question in
            UpstreamText.reply(to: question, ["a.example. 60 CNAME b.example.", "b.example. 60 CNAME a.example."])
        }
        let reply = try server.ask("a.example.", .a)
        #expect(reply.rcode == "SERVFAIL" && reply.message.answer.isEmpty)
    }

    /// A part of an RRset, or of a chain, would be another answer.
    @Test func whatIsTooLongFailsAsAWhole() throws {
        let server = try Self.server()
        server.upstream = { question in
            UpstreamText.reply(to: question, (0..<20).map { "c\($0).example. 60 CNAME c\($0 + 1).example." })
        }
        #expect(try server.ask("c0.example.", .a).rcode == "SERVFAIL")
        #expect(try server.ask("c5.example.", .a).message.answer.count == 15)
        server.upstream = { question in
            UpstreamText.reply(to: question, (0..<4000).map { "many.example. 60 A 10.0.\($0 / 250).\($0 % 250)" })
        }
        #expect(try server.ask("many.example.", .a, over: .tcp).message.answer.count == 4000)
    }

    @Test func ADGoesToThoseWhoUnderstandIt() throws {
        let server = try Self.server()
        server.upstream = { UpstreamText.reply(to: $0, ["a.example. 60 A 192.0.2.1"], flags: 0x0020) }
        #expect(try !server.ask("a.example.", .a).message.flags.contains(.ad))
        var query = QueryOctets("a.example.", .a)
        query.flags |= 0x0020
        #expect(try server.ask(query).message.flags.contains(.ad))
    }

    @Test func whatDoesNotFitIsCutBetweenRecords() throws {
        let server = try Self.server()
        server.upstream = { question in
            UpstreamText.reply(to: question, (0..<60).map { "many.example. 60 A 192.0.2.\($0)" })
        }
        let reply = try server.ask("many.example.", .a)
        // 12 octets of header, 18 of question, 16 for each record: 30 fit into 512.
        #expect(reply.message.answer.count == 30 && reply.message.flags.contains(.tc))
        #expect(try server.ask("many.example.", .a, over: .tcp).message.answer.count == 60)
    }

    @Test func addressesAreTurned() throws {
        let server = try Self.server("cache 30\nloadbalance")
        server.upstream = { question in
            UpstreamText.reply(
                to: question, ["w.example. 60 CNAME x.example."] + (1...3).map { "x.example. 60 A 192.0.2.\($0)" })
        }
        _ = try server.ask("w.example.", .a)
        let replies = try (0..<3).map { _ in try server.ask("w.example.", .a).message.answer }
        #expect(replies.allSatisfy { $0.first?.contains("CNAME") == true })
        #expect(Set(replies.map { $0[1] }).count == 3)
        #expect(replies.allSatisfy { Set($0).count == 4 })
    }

    @Test func anExternalNameLeadsToTheUpstreams() throws {
        let corefile = ". {\n kubernetes cluster.local {\n manifests services\n }\n cache 30\n forward . 192.0.2.53\n}"
        let server = try TestServer(corefile, registry: "namespace shop\nexternal ext.shop www.example.com")
        server.upstream = { question in
            UpstreamText.reply(
                to: question, ["www.example.com. 60 CNAME web.example.com.", "web.example.com. 60 A 192.0.2.1"])
        }
        for _ in 0..<2 {
            #expect(
                try server.ask("ext.shop.svc", .a).message.answer == [
                    "ext.shop.svc.cluster.local. 5 IN CNAME www.example.com.",
                    "www.example.com. 30 IN CNAME web.example.com.", "web.example.com. 30 IN A 192.0.2.1",
                ])
        }
        #expect(server.asked.count == 1)
    }

    @Test func zonesOfTheClusterAreNeverAsked() throws {
        let corefile = ". {\n kubernetes cluster.local {\n manifests services\n }\n forward . 192.0.2.53\n}"
        let server = try TestServer(corefile, registry: "namespace shop")
        server.upstream = { UpstreamText.reply(to: $0) }
        #expect(try server.ask("none.shop.svc", .a).summary == "NXDOMAIN")
        #expect(server.asked.isEmpty)
    }

    /// RFC 8020, where the upstream vouches for the denial.
    @Test(arguments: [(UInt16(0x0020), 1), (0, 2)]) func belowAProvenDenialNothingIsAsked(_ flags: UInt16, _ want: Int)
        throws
    {
        let server = try Self.server("cache 3600")
        server.upstream = { UpstreamText.reply(to: $0, rcode: .nxDomain, authority: [Self.soa], flags: flags) }
        #expect(try server.ask("none.example.", .a).rcode == "NXDOMAIN")
        let reply = try server.ask("a.b.none.example.", .aaaa)
        #expect(reply.rcode == "NXDOMAIN" && reply.message.authority.count == 1)
        #expect(server.asked.count == want)
    }

    @Test func transfersAreNotForwarded() throws {
        let server = try Self.server()
        server.upstream = { UpstreamText.reply(to: $0) }
        #expect(try server.ask("example.", .axfr, over: .tcp).rcode == "REFUSED")
        #expect(server.asked.isEmpty)
    }

    struct Scope: Sendable {
        var forward: String
        var name: String
        var isAsked: Bool
    }

    static let scopes = [
        Scope(forward: "forward example 192.0.2.53", name: "a.example.", isAsked: true),
        Scope(forward: "forward example 192.0.2.53", name: "a.test.", isAsked: false),
        Scope(forward: "forward . 192.0.2.53 {\n except test\n}", name: "a.TEST.", isAsked: false),
        Scope(forward: "forward . 192.0.2.53 {\n except test\n}", name: "attest.", isAsked: true),
    ]

    @Test(arguments: scopes) func onlyWhatIsMeantIsForwarded(_ row: Scope) throws {
        let server = try Self.server("", row.forward)
        server.upstream = { UpstreamText.reply(to: $0) }
        let reply = try server.ask(row.name, .a)
        #expect(server.asked.isEmpty != row.isAsked)
        if !row.isAsked { #expect(reply.rcode == "REFUSED") }
    }

    struct Kept: Sendable {
        var cache: String
        var name = "a.example."
        var isKept: Bool
    }

    static let kept = [
        Kept(cache: "cache", isKept: true),
        Kept(cache: "", isKept: false),
        Kept(cache: "cache example", isKept: true),
        Kept(cache: "cache test", isKept: false),
        Kept(cache: "cache {\n disable success\n}", isKept: false),
        Kept(cache: "cache {\n disable success test\n}", isKept: true),
        Kept(cache: "cache {\n disable denial\n}", isKept: true),
        Kept(cache: "cache {\n success 0\n}", isKept: false),
    ]

    @Test(arguments: kept) func theDirectiveSaysWhatIsKept(_ row: Kept) throws {
        let server = try Self.server(row.cache)
        server.upstream = { UpstreamText.reply(to: $0, ["a.example. 60 A 192.0.2.1"]) }
        for _ in 0..<2 { _ = try server.ask(row.name, .a) }
        #expect(server.asked.count == (row.isKept ? 1 : 2))
    }

    /// RFC 8767: stale data only after a failure, with a TTL of 30 seconds.
    @Test func staleAnswersComeAfterAFailure() throws {
        let server = try Self.server("cache 10 {\n serve_stale 1h\n}")
        server.upstream = { UpstreamText.reply(to: $0, ["a.example. 60 A 192.0.2.1"]) }
        _ = try server.ask("a.example.", .a)
        server.upstream = { UpstreamText.reply(to: $0, rcode: .servFail) }
        server.now += 11_000_000_000
        let reply = try server.ask("a.example.", .a, edns: .init())
        #expect(reply.message.answer == ["a.example. 30 IN A 192.0.2.1"])
        // EDE 3, Stale Answer (RFC 8914 §4.4).
        #expect(reply.message.edns?.options == [0, 15, 0, 2, 0, 3])
        #expect(server.asked.count == 2)
        _ = try server.ask("a.example.", .a)
        #expect(server.asked.count == 2, "a failure holds the next question back")
        server.now += 3_601_000_000_000
        #expect(try server.ask("a.example.", .a).rcode == "SERVFAIL")
    }

    @Test func aPopularAnswerIsRenewedBeforeItEnds() throws {
        let server = try Self.server("cache 100 {\n prefetch 2 1m 10%\n}")
        server.upstream = { UpstreamText.reply(to: $0, ["a.example. 100 A 192.0.2.1"]) }
        _ = try server.ask("a.example.", .a)
        server.now += 85_000_000_000
        _ = try server.ask("a.example.", .a)
        #expect(server.answerer.outcome.refresh == nil)
        server.now += 10_000_000_000
        _ = try server.ask("a.example.", .a)
        #expect(server.answerer.outcome.refresh == 0)
        _ = try server.ask("a.example.", .a)
        #expect(server.answerer.outcome.refresh == nil, "one renewal at a time")
    }
}
