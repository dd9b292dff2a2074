import DNSWire

/// How long a response may be.
extension Answerer {
    /// Octets of a UDP response for one octet of its query; what does not fit is asked for over TCP.
    ///
    /// The sender's address may be forged, and whoever has it gets no more than that (robustness fact 53).
    package static let amplificationMax = 20
    /// The same for ANY (RFC 8482) and for types that nobody has.
    package static let rareAmplificationMax = 3

    /// `octetCount` is that of the query; `bufsize` is the block's own limit.
    @inline(__always)
    static func limit(
        _ transport: QueryTransport, _ type: RRType, udpSize: Int, bufsize: Int, octetCount: Int
    ) -> Int {
        if transport == .tcp { return tcpOctetCountMax }
        let times = isRare(type) ? rareAmplificationMax : amplificationMax
        return min(udpSize, udpOctetCountMax, max(512, bufsize), times &* octetCount)
    }

    /// ANY, 0, and what lies behind the types that are assigned in 2026, 256 (URI) to 262 (WALLET).
    @inline(__always)
    private static func isRare(_ type: RRType) -> Bool {
        type.rawValue &- 1 >= 254 && !(256...262).contains(type.rawValue)
    }
}
