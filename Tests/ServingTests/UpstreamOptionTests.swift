import Answering
import DNSWire
import NetworkAddress
import Testing

@testable import Serving

/// Options that `rewrite edns0` adds reach the OPT record of what is sent (RFC 6891 §6.1.2).
struct UpstreamOptionTests {
    private static func sent(_ options: [UInt8], usesEDNS: Bool = true) throws -> DNSMessage {
        var query = Query()
        let octets: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0, 0, 1, 0, 1]
        #expect(query.parse(octets.rawSpan) == .answer)
        query.upstreamOptions = options
        var random = SystemRandomNumberGenerator()
        let sent = UpstreamQuery(UpstreamQuestion(query), usesEDNS: usesEDNS, mixesCase: false, using: &random)
        return try DNSMessage(reading: sent.octets.rawSpan)
    }

    @Test func theyAreInOPT() throws {
        let opt = try Self.sent([0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2, 0xFF, 0xEE, 0, 1, 0x61]).opt
        #expect(opt?.options.map(\.code) == [8, 0xFFEE])
        #expect(opt?.options.map(\.value) == [[0, 1, 24, 0, 192, 0, 2], [0x61]])
    }

    @Test func withoutEDNSThereAreNone() throws {
        #expect(try Self.sent([0, 3, 0, 0], usesEDNS: false).opt == nil)
        #expect(try Self.sent([]).opt?.options.isEmpty == true)
    }
}
