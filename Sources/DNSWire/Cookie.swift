/// The value of a COOKIE option with a server cookie of 16 octets (RFC 7873 §4, RFC 9018 §4): words in memory order.
public struct Cookie: Hashable, Sendable, BitwiseCopyable {
    /// A client cookie with no server cookie behind it has this many octets.
    public static let clientOctetCount = 8
    /// Both together, as this server makes them.
    public static let octetCount = 24

    /// What the client made up.
    public var client: UInt64 = 0
    /// Version, three reserved octets and four of the time it was made, in seconds since 1970.
    public var head: UInt64 = 0
    public var hash: UInt64 = 0

    public init() {}

    public init(client: UInt64, head: UInt64, hash: UInt64) {
        self.client = client
        self.head = head
        self.hash = hash
    }

    /// Reads the option that `edns` found in `message`; a server cookie of another length than ours is read as none.
    public init?(_ message: RawSpan, _ edns: EDNS) {
        let (start, count) = (Int(edns.cookieOffset), Int(edns.cookieOctetCount))
        guard count >= Self.clientOctetCount, start + count <= message.byteCount else { return nil }
        client = message[word64: start]
        guard count == Self.octetCount else { return }
        head = message[word64: start + 8]
        hash = message[word64: start + 16]
    }

    /// Whether a COOKIE option may have this many octets: a client cookie, alone or with a server cookie of 8 to 32.
    static func isLength(_ count: Int) -> Bool { count == clientOctetCount || (16...40).contains(count) }
}
