import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// DNS cookies (RFC 7873) as a client sees them.
struct CookieTests {
    private static let client: [UInt8] = [0x24, 0x64, 0xC4, 0xAB, 0xCF, 0x10, 0xC9, 0x57]

    private static func server(_ settings: String = "", endpoints: Int = 1) throws -> TestServer {
        let addresses = (0..<endpoints).map { "10.244.\($0 / 200).\($0 % 200)" }.joined(separator: " ")
        let corefile = TestServer.cluster().replacing(". {\n", with: ". {\n    \(settings)\n")
        return try TestServer(
            corefile,
            registry: """
                namespace shop
                service web.shop 10.0.0.1 http:80
                headless db.shop pg:5432
                slice db.shop pg:5432 \(addresses)
                """)
    }

    private static func cookie(_ value: [UInt8], version: UInt8 = 0) -> QueryOctets.OPT {
        QueryOctets.OPT(version: version, options: [(UInt16(10), value)])
    }

    /// The value of the one option in a reply's OPT; nil unless that is a COOKIE.
    private static func cookie(in reply: Reply) -> [UInt8]? {
        guard let options = reply.message.edns?.options, options.starts(with: [0, 10, 0]), options.count >= 4,
            options.count == 4 + Int(options[3])
        else { return nil }
        return Array(options[4...])
    }

    /// Whatever the answer is, it goes with client and server cookie; over both transports.
    @Test(arguments: [
        ("web.shop.svc", RRType.a, "A 10.0.0.1"), ("web.shop.svc", .aaaa, "NODATA"), ("no.shop.svc", .a, "NXDOMAIN"),
        ("example.com.", .a, "REFUSED"),
    ]) func everyAnswer(_ name: String, _ type: RRType, _ summary: String) throws {
        let server = try Self.server()
        for transport in [QueryTransport.udp, .tcp] {
            let reply = try server.ask(name, type, edns: Self.cookie(Self.client), over: transport)
            let cookie = try #require(Self.cookie(in: reply))
            #expect(reply.summary == summary && cookie.count == 24 && cookie.starts(with: Self.client))
            #expect(cookie[8] == 1 && cookie[9...11] == [0, 0, 0])
            // Who brings it again is answered the same.
            let again = try server.ask(name, type, edns: Self.cookie(cookie), over: transport)
            #expect(again.summary == summary && Self.cookie(in: again)?.count == 24)
        }
    }

    /// A client that sent a cookie discards what comes without (RFC 7873 §5.3), BADVERS too.
    @Test func badVersion() throws {
        let reply = try Self.server().ask("web.shop.svc", .a, edns: Self.cookie(Self.client, version: 1))
        #expect(reply.summary == "BADVERS" && Self.cookie(in: reply)?.count == 24)
        // Options of a version that nobody knows are not judged.
        let odd = try Self.server().ask("web.shop.svc", .a, edns: Self.cookie([1], version: 1))
        #expect(odd.summary == "BADVERS" && odd.message.edns?.options == [])
    }

    /// RFC 7873 §5.2.2: 8 octets, or 16 to 40; all others are FORMERR.
    @Test(arguments: 0...48) func lengths(_ count: Int) throws {
        let value = [UInt8](repeating: 7, count: count)
        let query = QueryOctets("web.shop.svc.cluster.local", .a, edns: Self.cookie(value))
        let octets = try Self.server().send(query.octets)
        let isRight = count == 8 || (16...40).contains(count)
        #expect(octets[3] & 0xF == (isRight ? 0 : 1))
        if isRight {
            let reply = try Reply(octets, to: query, over: .udp)
            #expect(reply.summary == "A 10.0.0.1" && Self.cookie(in: reply)?.prefix(8) == value.prefix(8))
        }
    }

    /// A server cookie of somebody else's, or of another client's, changes nothing but itself.
    @Test func wrongServerCookie() throws {
        let server = try Self.server()
        let forged = Self.client + [1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        let reply = try server.ask("web.shop.svc", .a, edns: Self.cookie(forged))
        let fresh = try #require(Self.cookie(in: reply))
        #expect(reply.summary == "A 10.0.0.1" && fresh != forged && fresh.starts(with: Self.client))
        let other = server.send(
            QueryOctets("web.shop.svc.cluster.local", .a, edns: Self.cookie(fresh)).octets, from: "192.0.2.9")
        #expect(other[3] & 0xF == 0 && Array(other.suffix(16)) != Array(fresh.suffix(16)))
    }

    /// No option, no cookie, with EDNS and without; and the next query knows nothing of the one before.
    @Test func unasked() throws {
        let server = try Self.server()
        _ = try server.ask("web.shop.svc", .a, edns: Self.cookie(Self.client))
        #expect(try server.ask("web.shop.svc", .a, edns: .init()).message.edns?.options == [])
        #expect(try server.ask("web.shop.svc", .a).message.edns == nil)
    }

    /// Of several COOKIE options the first counts (RFC 7873 §5.2), however wrong the others are.
    @Test func severalOptions() throws {
        let edns = QueryOctets.OPT(options: [(3, []), (10, Self.client), (10, [1]), (0xFDE9, [2])])
        let reply = try Self.server().ask("web.shop.svc", .a, edns: edns)
        #expect(reply.summary == "A 10.0.0.1" && Self.cookie(in: reply)?.starts(with: Self.client) == true)
    }

    /// The cookie has its room before records have theirs.
    @Test(arguments: [512, 600, 1232] as [UInt16]) func truncated(_ size: UInt16) throws {
        let edns = QueryOctets.OPT(udpSize: size, options: [(10, Self.client)])
        let reply = try Self.server(endpoints: 300).ask("db.shop.svc", .a, edns: edns)
        let question = 12 + QueryOctets("db.shop.svc.cluster.local", .a).question.count
        #expect(reply.message.flags.contains(.tc) && Self.cookie(in: reply)?.count == 24)
        #expect(reply.message.answer.count == (Int(size) - question - 11 - 28) / 16)
    }

    /// Beside the server's identifier.
    @Test func identifier() throws {
        let edns = QueryOctets.OPT(options: [(10, Self.client), (3, [])])
        let options = try Self.server("nsid one").ask("web.shop.svc", .a, edns: edns).message.edns?.options ?? []
        #expect(options.count == 7 + 28 && options.starts(with: [0, 3, 0, 3] + Array("one".utf8) + [0, 10, 0, 24]))
    }

    /// A query without a question asks for a server cookie, or whether it is good (RFC 7873 §5.4).
    @Test func questionless() throws {
        let server = try Self.server()
        func send(_ cookie: [UInt8]?, version: UInt8 = 0) -> [UInt8] {
            let opt = cookie.map { Self.cookie($0, version: version).octets } ?? QueryOctets.OPT().octets
            return server.send(big(0x1DD5) + [1, 0, 0, 0, 0, 0, 0, 0, 0, 1] + opt)
        }
        let first = send(Self.client)
        // ID, QR and RD, one additional record; then OPT with the cookie, and nothing else.
        #expect(
            first.starts(with: [0x1D, 0xD5, 0x81, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 41]) && first.count == 12 + 11 + 28)
        #expect(first[17...18] == [0, 0] && first[23...26] == [0, 10, 0, 24])
        let cookie = Array(first.suffix(24))
        #expect(cookie.starts(with: Self.client))
        let good = send(cookie)
        #expect(good[3] & 0xF == 0 && good[17] == 0)
        // BADCOOKIE is 23: 7 in the header, 1 in OPT.
        let bad = send(Self.client + [UInt8](repeating: 1, count: 16))
        #expect(bad[3] & 0xF == 7 && bad[17] == 1 && bad.suffix(24).starts(with: Self.client))
        for other in [send(nil), send([1]), send(Self.client, version: 1)] {
            #expect(other == [0x1D, 0xD5, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0])
        }
    }
}
