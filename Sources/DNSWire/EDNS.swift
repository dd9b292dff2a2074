/// What a query's OPT record says (RFC 6891); a query without one has `isPresent` false and UDP size 512.
public struct EDNS: Hashable, Sendable {
    private enum Option {
        static let nsid: UInt16 = 3
        static let cookie: UInt16 = 10
        static let tcpKeepalive: UInt16 = 11
    }

    public var isPresent = false
    /// The largest UDP response the client takes; values under 512 mean 512 (RFC 6891 §6.2.3).
    public var udpSize = 512
    public var version: UInt8 = 0
    public var dnssecOK = false
    /// The client understands NXDOMAIN beside a compact denial of existence (RFC 9824 §5.1).
    public var compactAnswersOK = false
    /// The client asked how long it may keep its idle TCP connection (RFC 7828).
    public var wantsTCPKeepalive = false
    /// The client asked for the server's identifier (RFC 5001).
    public var wantsNSID = false
    /// Where in the message the value of the first COOKIE option lies (RFC 7873 §5.2: the others are ignored).
    public private(set) var cookieOffset: UInt16 = 0
    /// Its octets: 8, or 16 to 40; 0 where there is none.
    public private(set) var cookieOctetCount: UInt8 = 0
    /// The codes of the first four options, 16 bits each; 0 is none.
    private var optionCodes: UInt64 = 0

    public init() {}

    public var hasCookie: Bool { cookieOctetCount != 0 }

    /// Whether an option with this code is among the first four.
    public func hasOption(_ code: UInt16) -> Bool {
        var codes = optionCodes
        while codes != 0 {
            if UInt16(truncatingIfNeeded: codes) == code { return true }
            codes >>= 16
        }
        return false
    }

    /// Reads the OPT whose TYPE field lies at `fixedPart`; unknown options are passed over.
    ///
    /// Throws `badOption` when an option runs over the end, a keepalive in a query has a value (RFC 7828 §3.2.1), or a
    /// cookie has a length that none can have (RFC 7873 §5.2.2); not in versions whose options may be others.
    init(_ message: RawSpan, fixedPart: Int, options: Range<Int>) throws(WireError) {
        isPresent = true
        udpSize = max(512, Int(try message.uint16(at: fixedPart + 2)))
        version = try message.octet(at: fixedPart + 5)
        let flags = try message.octet(at: fixedPart + 6)
        (dnssecOK, compactAnswersOK) = (flags & 0x80 != 0, flags & 0x40 != 0)
        do throws(WireError) {
            try readOptions(message, options)
        } catch {
            // The answer is BADVERS, whatever the options look like (RFC 6891 §6.1.3).
            guard version > 0 else { throw error }
        }
    }

    private mutating func readOptions(_ message: RawSpan, _ options: Range<Int>) throws(WireError) {
        var at = options.lowerBound
        while at < options.upperBound {
            guard at + 4 <= options.upperBound else { throw WireError(.badOption, at: at) }
            let code = try message.uint16(at: at)
            let length = Int(try message.uint16(at: at + 2))
            guard at + 4 + length <= options.upperBound else { throw WireError(.badOption, at: at) }
            if optionCodes >> 48 == 0 { optionCodes = optionCodes << 16 | UInt64(code) }
            if code == Option.nsid { wantsNSID = true }
            if code == Option.tcpKeepalive {
                guard length == 0 else { throw WireError(.badOption, at: at) }
                wantsTCPKeepalive = true
            }
            if code == Option.cookie && !hasCookie {
                guard Cookie.isLength(length) else { throw WireError(.badOption, at: at) }
                (cookieOffset, cookieOctetCount) = (UInt16(truncatingIfNeeded: at + 4), UInt8(length))
            }
            at += 4 + length
        }
    }
}
