import DNSWire
import Glibc

/// DNS cookies (RFC 7873): who brings a client cookie gets it back with a server cookie, whatever the answer is.
extension Answerer {
    /// Gives the response its cookie; returns what a query that asks for nothing else is answered with (RFC 7873 §5.4).
    ///
    /// A server cookie that is not good, or no more, changes no other answer: nothing here depends on it, and the fresh
    /// one beside the answer says what has become of the old one (§5.2.4).
    @inline(never)
    mutating func takeCookie(_ message: RawSpan, _ response: inout ResponseWriter) -> RCODE {
        guard let sent = Cookie(message, query.edns) else { return .formErr }
        let now = UInt32(truncatingIfNeeded: time(nil))
        response.cookie = cookies.make(for: sent.client, at: client.address, time: now)
        let isAlone = Int(query.edns.cookieOctetCount) == Cookie.clientOctetCount
        return isAlone || cookies.isGood(sent, from: client.address, time: now) ? .noError : .badCookie
    }
}
