package import DNSWire
import NetworkAddress

/// Addresses made from A records: the chain is asked for AAAA, and where that gives nothing, for A.
extension DNS64Plugin {
    /// Targets of CNAMEs come here too, while the whole is being asked for: they are no questions of their own.
    package func stepsAside(in answerer: borrowing Answerer, _ response: borrowing ResponseWriter) -> Bool {
        answerer.isSynthesising
    }

    package func interpose(
        on answerer: inout Answerer, _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE? {
        answerer.isSynthesising = true
        defer { answerer.isSynthesising = false }
        let start = Start(mark: response.mark, owner: response.ownerOffset, route: route, next: place + 1)
        guard let native = answerer.resolve(route, from: start.next, &response) else { return nil }
        let found = NativeAddresses(response, since: start.mark)
        if native == .nxDomain || (found.isUsable && !found.isMixed && !translatesAll) { return native }
        goBack(to: start, &answerer, &response)
        if found.isUsable && !translatesAll { return leaveOutMapped(start, &answerer, &response) }
        guard let made = translate(start, ttl: found.denialTTL ?? Self.ttlMax, &answerer, &response) else { return nil }
        // A name that has no IPv4 address keeps those it has.
        guard found.isUsable, !made.hasAddress else { return made.rcode }
        goBack(to: start, &answerer, &response)
        return answerer.resolve(route, from: start.next, &response)
    }

    /// Where the plugin stood when it was asked.
    private struct Start {
        var mark: ResponseWriter.Mark
        var owner: Int
        var route: ServerConfiguration.Route
        /// The next plugin of the chain.
        var next: Int
    }

    private func goBack(to start: Start, _ answerer: inout Answerer, _ response: inout ResponseWriter) {
        response.rewind(to: start.mark)
        _ = response.follow(aliasAt: start.owner, &answerer.query)
    }

    /// The answer for A, each address behind the prefix; CNAMEs stay (RFC 6147 §5.1.6, §5.1.7).
    private func translate(
        _ start: Start, ttl: UInt32, _ answerer: inout Answerer, _ response: inout ResponseWriter
    ) -> (rcode: RCODE, hasAddress: Bool)? {
        answerer.query.qtype = .a
        let inner = answerer.resolveInner(start.route, from: start.next, rotation: response.rotation)
        answerer.query.qtype = .aaaa
        guard let inner else { return nil }
        var hasAddress = false
        if var message = inner.message() {
            hasAddress = message.translate(prefix, ttl: ttl)
            if hasAddress { answerer.statistics[start.route.series].count(.translated) }
            write(message, inner, start, &answerer, &response)
        }
        let rcode = inner.rcode
        answerer.giveBack(inner)
        return (rcode, hasAddress)
    }

    /// The answer for AAAA less the addresses that stand for IPv4 ones (RFC 6147 §5.1.4).
    private func leaveOutMapped(
        _ start: Start, _ answerer: inout Answerer, _ response: inout ResponseWriter
    ) -> RCODE? {
        guard let inner = answerer.resolveInner(start.route, from: start.next, rotation: response.rotation) else {
            return nil
        }
        if var message = inner.message() {
            message.answer.removeAll { $0.type == .aaaa && NativeAddresses.isMapped($0.rdata.rawSpan) }
            write(message, inner, start, &answerer, &response)
        }
        let rcode = inner.rcode
        answerer.giveBack(inner)
        return rcode
    }

    /// AD stays behind: what was changed is no longer what somebody signed.
    private func write(
        _ message: DNSMessage, _ inner: borrowing InnerResponse, _ start: Start, _ answerer: inout Answerer,
        _ response: inout ResponseWriter
    ) {
        _ = response.follow(aliasAt: start.owner, &answerer.query)
        response.flags |= inner.flags & ~Query.Flag.authenticData
        response.extendedError = inner.extendedError
        response.append(message, asked: answerer.query.name.name)
    }
}

/// What the chain said of AAAA.
private struct NativeAddresses {
    /// Whether there are addresses that clients can use.
    private(set) var isUsable = false
    /// Whether there are others too, which stand for IPv4 addresses.
    private(set) var isMixed = false
    /// How long there will be none, as the SOA says; nil without one.
    private(set) var denialTTL: UInt32?

    init(_ response: borrowing ResponseWriter, since mark: ResponseWriter.Mark) {
        var (usable, mapped) = (false, false)
        var denial: UInt32?
        response.forEachRecord(since: mark) { isAnswer, type, ttl, rdata in
            if isAnswer, type == .aaaa {
                if Self.isMapped(rdata) { mapped = true } else { usable = true }
            } else if !isAnswer, type == .soa, let minimum = try? rdata.uint32(at: rdata.byteCount - 4) {
                denial = min(ttl, minimum)
            }
        }
        (isUsable, isMixed, denialTTL) = (usable, usable && mapped, denial)
    }

    /// Whether an address lies in ::ffff:0:0/96.
    static func isMapped(_ rdata: RawSpan) -> Bool {
        guard let high = try? rdata.uint32(at: 8) else { return false }
        return high == 0xFFFF && rdata[word64: 0] == 0
    }
}

extension DNSMessage {
    /// Turns a response for A into one for AAAA; whether it has any address.
    ///
    /// Signatures of A records go: they would not fit what is made of them.
    fileprivate mutating func translate(_ prefix: DNS64Prefix, ttl: UInt32) -> Bool {
        var hasAddress = false
        answer = answer.compactMap { record in
            switch record.type {
            case .rrsig:
                return (try? record.rdata.rawSpan.uint16(at: 0)) == RRType.a.rawValue ? nil : record
            case .a:
                guard let address = try? record.rdata.rawSpan.uint32(at: 0) else { return nil }
                hasAddress = true
                return Record(
                    owner: record.owner, type: .aaaa, ttl: min(record.ttl, ttl),
                    rdata: prefix.address(of: address).octets)
            default: return record
            }
        }
        return hasAddress
    }
}
