import Corefile
import NetworkAddress
import Testing

/// Single words as values.
struct TokenReaderTests {
    /// Values as Go's time.ParseDuration documents them.
    static let durations: [(written: String, want: Duration)] = [
        ("5s", .seconds(5)), ("1h30m", .seconds(5_400)), ("250ms", .milliseconds(250)), ("1.5s", .milliseconds(1_500)),
        ("0", .zero), ("0s", .zero), (".5s", .milliseconds(500)), ("5.s", .seconds(5)), ("10us", .microseconds(10)),
        ("10µs", .microseconds(10)), ("10μs", .microseconds(10)), ("7ns", .nanoseconds(7)),
        ("1h0m0.25s", .milliseconds(3_600_250)),
        ("0.3333333333333333333h", .nanoseconds(1_199_999_999_999)), ("1s1s", .seconds(2)),
        ("000000000000000000000005s", .seconds(5)),
        ("9223372036854775807ns", .nanoseconds(Int64.max)),
    ]

    @Test(arguments: durations) func duration(_ row: (written: String, want: Duration)) throws {
        #expect(try word(row.written).duration() == row.want)
    }

    @Test(arguments: ["", "5", "s", ".s", "-5s", "+5s", "5 s", "5d", "5S", "1.2.3s", "5s5", "٣s", "1e3s", "5."])
    func noDuration(_ written: String) throws {
        let error = try #require(refusal { try word(written).duration() })
        #expect(error.description.hasPrefix("f:3:7: "))
        #expect(error.message.contains("is no duration"))
    }

    @Test(arguments: ["9223372036854775808ns", "2562048h", "99999999999999999999999999999s"])
    func tooLongADuration(_ written: String) throws {
        let error = try #require(refusal { try word(written).duration() })
        #expect(error.message.contains("too long"))
    }

    @Test func bareSecondsAndRange() throws {
        #expect(try word("30").duration(bareNumber: .seconds) == .seconds(30))
        #expect(try word("30m").duration(bareNumber: .seconds) == .seconds(1_800))
        #expect(try word("2s").duration(in: .seconds(2) ... .seconds(4)) == .seconds(2))
        #expect(throws: CorefileError.self) { try word("1.9s").duration(in: .seconds(2) ... .seconds(4)) }
        #expect(throws: CorefileError.self) { try word("30.5").duration(bareNumber: .seconds) }
    }

    static let integers: [(written: String, want: Int?)] = [
        ("0", 0), ("65535", 65_535), ("-5", -5), ("007", 7), ("65536", nil), ("-6", nil), ("", nil), ("-", nil),
        ("+5", nil), ("5.0", nil), ("0x10", nil), ("1_000", nil), ("٣", nil), ("99999999999999999999", nil),
    ]

    @Test(arguments: integers) func integer(_ row: (written: String, want: Int?)) {
        #expect((try? word(row.written).integer(in: -5...65_535)) == row.want)
    }

    static let booleans: [(written: String, want: Bool?)] = [
        ("true", true), ("on", true), ("YES", true), ("false", false), ("off", false), ("no", false), ("1", nil),
        ("", nil),
    ]

    @Test(arguments: booleans) func boolean(_ row: (written: String, want: Bool?)) {
        #expect((try? word(row.written).boolean()) == row.want)
    }

    enum Policy: String, CaseIterable { case random, sequential }

    @Test func choice() throws {
        #expect(try word("random").choice("policy", of: Policy.self) == .random)
        let error = refusal { try word("randon").choice("policy", of: Policy.self) }
        #expect(error?.description == #"f:3:7: "randon" is an unknown policy; did you mean "random"?"#)
    }

    @Test func addressAndPrefix() throws {
        #expect(try word("10.0.0.10").address() == IPAddress(ipv4: 0x0A00_000A))
        #expect(try word("fd00::10").address() == IPAddress(high: 0xFD00 << 48, low: 0x10))
        #expect(try word("10.1.2.3/16").prefix() == AddressPrefix("10.1.0.0/16"))
        #expect(try word("10.1.2.3").prefix().length == 32)
        for bad in ["", "10.0.0", "10.0.0.256", "::g", "localhost", "10.0.0.0/8"] {
            #expect(throws: CorefileError.self) { try word(bad).address() }
        }
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "all"] {
            #expect(throws: CorefileError.self) { try word(bad).prefix() }
        }
    }

    @Test func zonesOfArguments() throws {
        let kubernetes = try directive("kubernetes Cluster.local 10.0.0.0/15 cluster.LOCAL.")
        #expect(
            try kubernetes.arguments.zones(default: []) == [
                "cluster.local.", "0.10.in-addr.arpa.", "1.10.in-addr.arpa.",
            ])
        #expect(try kubernetes.arguments.dropFirst(3).zones(default: ["a.", "b."]) == ["a.", "b."])
        let error = refusal { try kubernetes.arguments[1].zone() }
        #expect(error?.description.hasPrefix("Corefile:2:26: \"10.0.0.0/15\" stands for 2 reverse zones") == true)
        #expect(throws: CorefileError.self) { try word("").zone() }
    }
}
