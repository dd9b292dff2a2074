package import DNSWire
package import NetworkAddress

/// Makes server cookies, and knows its own again (RFC 9018); each worker has one, all of the same root.
///
/// The secret of a day follows from the root and the day, and a cookie says when it was made: so a secret is used for a
/// day (RFC 7873 §7.1 wants at most 26 hours), lasts for as long as its last cookies do, and no worker tells another.
package struct ServerCookies: Sendable {
    /// The first octet of a server cookie (RFC 9018 §4.1).
    private static let version: UInt64 = 1
    package static let secondsPerSecret: UInt32 = 86_400
    /// Cookies are good for an hour, and clocks may be five minutes apart (RFC 9018 §4.3).
    private static let goodSeconds: ClosedRange<Int32> = -300...3600
    /// What all workers of this process start from.
    package static let processRoot = SipHash.Key.random()

    private let root: SipHash.Key
    private var day: UInt32
    private var secret: SipHash.Key

    package init(root: SipHash.Key = processRoot) {
        self.root = root
        day = 0
        secret = Self.secret(of: 0, root)
    }

    /// The cookie of a client that asks now; `time` in seconds since 1970, as far as 32 bits tell.
    package mutating func make(for client: UInt64, at address: IPAddress, time: UInt32) -> Cookie {
        let head = (Self.version << 56 | UInt64(time)).bigEndian
        return Cookie(
            client: client, head: head, hash: Self.hash(client, head, address, secret(at: time)))
    }

    /// Whether this server, or one with its root, made the server cookie for this client not long ago.
    package mutating func isGood(_ cookie: Cookie, from address: IPAddress, time: UInt32) -> Bool {
        let head = UInt64(bigEndian: cookie.head)
        let made = UInt32(truncatingIfNeeded: head)
        // Serial number arithmetic (RFC 1982): the 32 bits begin anew in 2106.
        guard head >> 56 == Self.version, Self.goodSeconds.contains(Int32(bitPattern: time &- made)) else {
            return false
        }
        // Two words are compared in the same time whatever is in them.
        return cookie.hash == Self.hash(cookie.client, cookie.head, address, secret(at: made))
    }

    /// The last eight octets of a server cookie (RFC 9018 §4.4), reserved octets as they are in `head`.
    ///
    /// An IPv4-mapped address counts as the IPv4 address: over which socket a client comes is no matter of its.
    package static func hash(_ client: UInt64, _ head: UInt64, _ address: IPAddress, _ secret: SipHash.Key) -> UInt64 {
        var hash = SipHash(secret)
        hash.absorb(UInt64(littleEndian: client))
        hash.absorb(UInt64(littleEndian: head))
        let address = address.unmapped
        if address.isIPv4 {
            let octets = UInt32(littleEndian: UInt32(truncatingIfNeeded: address.low).bigEndian)
            return hash.finish(UInt64(octets), octetCount: 4).littleEndian
        }
        hash.absorb(UInt64(littleEndian: address.high.bigEndian))
        hash.absorb(UInt64(littleEndian: address.low.bigEndian))
        return hash.finish().littleEndian
    }

    private mutating func secret(at time: UInt32) -> SipHash.Key {
        let day = time / Self.secondsPerSecret
        guard day != self.day else { return secret }
        let secret = Self.secret(of: day, root)
        // The last one is kept; around midnight two are in use, and each is two short hashes away.
        (self.day, self.secret) = (day, secret)
        return secret
    }

    /// The secret of the cookies made on a day, counted from 1970-01-01 UTC.
    package static func secret(of day: UInt32, _ root: SipHash.Key) -> SipHash.Key {
        let hash = SipHash(root)
        return SipHash.Key(
            low: hash.finish(UInt64(day), octetCount: 5), high: hash.finish(1 << 32 | UInt64(day), octetCount: 5))
    }
}
