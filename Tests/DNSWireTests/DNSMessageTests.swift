import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// The codec of whole messages, judged by libldns.
struct DNSMessageTests {
    private static func sample(_ count: Int = 3) throws -> DNSMessage {
        var message = DNSMessage(
            id: 7, flags: Query.Flag.response, questions: [.init(name: try Name("www.example.com"), type: .a)],
            opt: .init(options: [.init(code: 10, value: [1, 2, 3, 4, 5, 6, 7, 8])]))
        message.answer =
            ["www.example.com 60 CNAME web.example.com"].compactMap(UpstreamText.record)
            + (0..<count).compactMap { UpstreamText.record("web.example.com 30 A 192.0.2.\($0 % 256)") }
        message.authority = ["example.com 900 SOA 60", "example.com 900 MX 5 mx.example.com"].compactMap(
            UpstreamText.record)
        return message
    }

    @Test func whatIsWrittenIsReadByLDNS() throws {
        let read = try LDNSMessage(try Self.sample().encoded())
        #expect(
            read.answer == [
                "www.example.com. 60 IN CNAME web.example.com.", "web.example.com. 30 IN A 192.0.2.0",
                "web.example.com. 30 IN A 192.0.2.1", "web.example.com. 30 IN A 192.0.2.2",
            ])
        #expect(read.authority.last == "example.com. 900 IN MX 5 mx.example.com.")
        #expect(read.edns?.options == [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let message = try Self.sample()
        #expect(try DNSMessage(reading: message.encoded().rawSpan) == message)
    }

    @Test func namesAreCompressed() throws {
        // Header 12, question 21, CNAME 12 + 4 + 2, three A of 16, SOA 12 + 4 + 1 + 20, MX 12 + 2 + 5, OPT 11 + 12.
        #expect(try Self.sample().encoded().count == 12 + 21 + 18 + 48 + 37 + 19 + 23)
    }

    @Test func wholeRecordsAreLeftOutAtTheLimit() throws {
        let octets = try Self.sample(100).encoded(limit: 512)
        let read = try LDNSMessage(octets)
        #expect(octets.count <= 512 && read.flags.contains(.tc) && read.edns != nil)
    }

    /// Robustness fact 8: many long names compress in bounded time.
    @Test func aThousandNamesCompressQuickly() throws {
        var message = try Self.sample(0)
        let label = String(repeating: "x", count: 50)
        message.answer = (0..<1000).compactMap {
            UpstreamText.record("\(label)\($0).\(label).example.com 1 A 192.0.2.1")
        }
        let clock = ContinuousClock()
        let time = clock.measure { #expect(message.encoded().count <= 65_535) }
        #expect(time < .milliseconds(500), "a debug build is some twenty times slower than the program")
    }

    @Test func noMutationTraps() throws {
        var random = SplitMix64(seed: 1)
        let good = try Self.sample().encoded()
        for _ in 0..<20_000 {
            var octets = good
            for _ in 0...random.pick([0, 1, 3]) {
                octets[random.pick(Array(octets.indices))] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.oneIn(4) { octets.removeLast(Int(random.next() % 40)) }
            _ = try? DNSMessage(reading: octets.rawSpan)
        }
    }

    /// Type, RDATA, and whether it is what the type says as RFC 1035 §3.3, §3.4 and RFC 3596 §2.2 have it.
    private static let data: [(RRType, [UInt8], Bool)] = [
        (.a, [192, 0, 2, 1], true), (.a, [192, 0, 2], false), (.a, [192, 0, 2, 1, 0], false),
        (.aaaa, [UInt8](repeating: 1, count: 16), true), (.aaaa, [192, 0, 2, 1], false),
        (.hinfo, [1, 0x61, 0], true), (.hinfo, [1, 0x30, 0x30, 0x30], false), (.hinfo, [1, 0x61], false),
        (.hinfo, [0, 0, 0], false), (.txt, [1, 0x61, 0], true), (.txt, [2, 0x61], false),
        (.cname, [1, 0, 0], true), (.cname, [1, 0, 0, 0], false), (.mx, [0, 5, 0], true), (.mx, [0, 5, 0, 0], false),
        (.soa, [0, 0] + [UInt8](repeating: 1, count: 20), true), (.soa, [0, 0, 1], false),
        // RFC 4034 §3.1 and §4.1: names are not compressed.
        (.nsec, [1, 0x61, 0, 0, 1, 0x40], true), (.nsec, [1, 0x61], false), (.nsec, [0xC0, 12], false),
        (.rrsig, [UInt8](repeating: 1, count: 18) + [0, 7], true),
        (.rrsig, [UInt8](repeating: 1, count: 18) + [0], false),
        (.rrsig, [UInt8](repeating: 1, count: 17), false),
    ]

    @Test func addressesAndStringsAreWhole() throws {
        for (type, rdata, isWhole) in Self.data {
            var message = DNSMessage(questions: [.init(name: try Name("a.example"), type: type)])
            message.answer = [.init(owner: try Name("a.example"), type: type, ttl: 5, rdata: rdata)]
            let octets = message.encoded()
            #expect(((try? DNSMessage(reading: octets.rawSpan)) != nil) == isWhole, "\(type) \(rdata)")
        }
    }

    /// An RDATA of class CH is not that of class IN (RFC 1035 §3.4.1).
    @Test func addressesOfOtherClassesAreOpaque() throws {
        var message = DNSMessage(questions: [.init(name: .root, type: .a, qclass: .chaos)])
        message.answer = [.init(owner: .root, type: .a, qclass: .chaos, ttl: 5, rdata: [0, 0, 7])]
        let octets = message.encoded()
        #expect(try DNSMessage(reading: octets.rawSpan).answer.count == 1)
    }
}
