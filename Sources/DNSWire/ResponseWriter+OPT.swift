/// The OPT record of a response, with the options its client asked for (RFC 6891 §6.1).
extension ResponseWriter {
    /// Octets that records leave free for it; an extended error takes what is left at the end.
    func optOctetCount(_ query: borrowing Query) -> Int {
        guard query.edns.isPresent else { return 0 }
        return Self.optOctetCount + (announcesKeepalive(query) ? Self.keepaliveOctetCount : 0)
            + (announcesIdentifier(query) ? 4 + identifier.count : 0)
            + (query.edns.hasCookie ? Self.cookieOctetCount : 0)
    }

    private func announcesKeepalive(_ query: borrowing Query) -> Bool {
        keepalive != nil && query.edns.wantsTCPKeepalive
    }

    private func announcesIdentifier(_ query: borrowing Query) -> Bool {
        query.edns.wantsNSID && !identifier.isEmpty
    }

    @_lifetime(self: copy self)
    mutating func appendOPT(_ query: borrowing Query, rcode: RCODE) {
        let start = count
        count += Self.optOctetCount
        let options = count
        if announcesKeepalive(query), let keepalive {
            store(UInt16(11).bigEndian, at: count)
            store(UInt16(2).bigEndian, at: count + 2)
            store(keepalive.bigEndian, at: count + 4)
            count += Self.keepaliveOctetCount
        }
        if announcesIdentifier(query) {
            store(UInt16(3).bigEndian, at: count)
            store(UInt16(identifier.count).bigEndian, at: count + 2)
            count += 4
            let identifier = identifier
            copy(identifier.rawSpan)
        }
        if query.edns.hasCookie { appendCookie() }
        appendExtendedError()
        store(UInt8(0), at: start)
        store(RRType.opt.rawValue.bigEndian, at: start + 1)
        store(Self.announcedUDPSize.bigEndian, at: start + 3)
        store(UInt8(truncatingIfNeeded: rcode.rawValue >> 4), at: start + 5)
        store(UInt8(0), at: start + 6)
        store(UInt16(query.edns.dnssecOK ? 0x8000 : 0).bigEndian, at: start + 7)
        store(UInt16(count - options).bigEndian, at: start + 9)
        additionalCount += 1
    }

    @_lifetime(self: copy self)
    private mutating func appendCookie() {
        store(UInt16(10).bigEndian, at: count)
        store(UInt16(Cookie.octetCount).bigEndian, at: count + 2)
        store(cookie.client, at: count + 4)
        store(cookie.head, at: count + 12)
        store(cookie.hash, at: count + 20)
        count += Self.cookieOctetCount
    }

    /// The reason is cut or left out where the client's limit is near.
    @_lifetime(self: copy self)
    private mutating func appendExtendedError() {
        guard let error = extendedError, count + 6 <= limit else { return }
        let reason = error.reason.prefix(min(Self.reasonOctetCountMax, limit - count - 6))
        store(UInt16(15).bigEndian, at: count)
        store(UInt16(2 + reason.count).bigEndian, at: count + 2)
        store(error.code.bigEndian, at: count + 4)
        count += 6
        for octet in reason {
            store(octet, at: count)
            count += 1
        }
    }
}
