import DNSWire
import Glibc

/// RDATA from its words: the frequent types here, all others by libldns.
struct MasterRDATA {
    /// The octets read last.
    private(set) var octets: [UInt8] = []

    /// Reads the words from `first` on; throws for what is no RDATA of the type.
    mutating func read(
        _ type: RRType, _ text: Span<UInt8>, _ tokens: ArraySlice<MasterLexer.Token>, origin: [UInt8]
    ) throws(EntryFault) {
        octets.removeAll(keepingCapacity: true)
        guard let first = tokens.first else { throw EntryFault("the \(type) record has no data; add it") }
        if MasterText.isWord(text, first, "\\#") { return try readGeneric(text, tokens.dropFirst()) }
        switch type {
        case .a: try readA(text, tokens)
        case .aaaa: try readAAAA(text, tokens)
        case .ns, .cname, .ptr, .dname: try readFields(type, numbers: [], text, tokens, origin)
        case .mx: try readFields(type, numbers: [2], text, tokens, origin)
        case .srv: try readFields(type, numbers: [2, 2, 2], text, tokens, origin)
        case .txt: for token in tokens { try MasterText.appendString(text, token, to: &octets) }
        case .soa: try readSOA(text, tokens, origin)
        default: try readByLDNS(type, text, tokens, origin)
        }
        guard octets.count <= 65_535 else { throw EntryFault("the \(type) record is over 65535 octets; shorten it") }
    }

    private mutating func readA(_ text: Span<UInt8>, _ tokens: ArraySlice<MasterLexer.Token>) throws(EntryFault) {
        let token = try Self.only(tokens, "A")
        var (number, digits) = (0, 0)
        for index in token.range {
            if text[index] == UInt8(ascii: "."), digits > 0, octets.count < 3 {
                octets.append(UInt8(number))
                (number, digits) = (0, 0)
                continue
            }
            guard text[index] &- 0x30 < 10, digits < 3 else { throw Self.noAddress(text, token, "IPv4") }
            number = number * 10 + Int(text[index] - 0x30)
            digits += 1
            guard number < 256 else { throw Self.noAddress(text, token, "IPv4") }
        }
        guard octets.count == 3, digits > 0 else { throw Self.noAddress(text, token, "IPv4") }
        octets.append(UInt8(number))
    }

    private mutating func readAAAA(_ text: Span<UInt8>, _ tokens: ArraySlice<MasterLexer.Token>) throws(EntryFault) {
        let token = try Self.only(tokens, "AAAA")
        var address = in6_addr()
        let word = MasterText.string(text, token)
        // SAFETY: the word is copied with a NUL behind it, and inet_pton fills the struct.
        guard unsafe inet_pton(AF_INET6, word, &address) == 1 else { throw Self.noAddress(text, token, "IPv6") }
        unsafe withUnsafeBytes(of: address) { unsafe octets.append(contentsOf: $0) }
    }

    /// Numbers of so many octets each, then a name.
    private mutating func readFields(
        _ type: RRType, numbers: [Int], _ text: Span<UInt8>, _ tokens: ArraySlice<MasterLexer.Token>,
        _ origin: [UInt8]
    ) throws(EntryFault) {
        guard tokens.count == numbers.count + 1, let name = tokens.last else {
            throw EntryFault("the \(type) record needs \(numbers.count + 1) words of data and has \(tokens.count)")
        }
        for token in tokens.dropLast() {
            octets.append(bigEndian: UInt16(try MasterText.integer(text, token, max: 65_535)))
        }
        try MasterText.appendName(text, name, origin: origin, to: &octets)
    }

    private mutating func readSOA(
        _ text: Span<UInt8>, _ tokens: ArraySlice<MasterLexer.Token>, _ origin: [UInt8]
    ) throws(EntryFault) {
        guard tokens.count == 7 else {
            throw EntryFault(
                "the SOA record needs 7 words of data (server, mailbox, serial, refresh, retry, expire, minimum) and has \(tokens.count)"
            )
        }
        for token in tokens.prefix(2) { try MasterText.appendName(text, token, origin: origin, to: &octets) }
        let serial = try MasterText.integer(text, tokens[tokens.startIndex + 2], max: Int(UInt32.max))
        octets.append(bigEndian: UInt32(serial))
        for token in tokens.dropFirst(3) {
            guard let seconds = MasterText.ttl(text, token) else {
                throw EntryFault("\"\(MasterText.string(text, token))\" is no time; write seconds")
            }
            octets.append(bigEndian: seconds)
        }
    }

    /// `\# LENGTH HEX…` (RFC 3597 §5).
    private mutating func readGeneric(
        _ text: Span<UInt8>, _ tokens: ArraySlice<MasterLexer.Token>
    ) throws(EntryFault) {
        guard let first = tokens.first else { throw EntryFault("\\# needs a length") }
        let count = try MasterText.integer(text, first, max: 65_535)
        var (half, hasHalf) = (UInt8(0), false)
        for token in tokens.dropFirst() {
            for index in token.range {
                guard let digit = Self.hexDigit(text[index]) else { throw EntryFault("\\# needs hexadecimal digits") }
                if hasHalf { octets.append(half << 4 | digit) }
                (half, hasHalf) = (digit, !hasHalf)
            }
        }
        guard !hasHalf, octets.count == count else {
            throw EntryFault("\\# says \(count) octets and \(octets.count) follow; make them equal")
        }
    }

    private mutating func readByLDNS(
        _ type: RRType, _ text: Span<UInt8>, _ tokens: ArraySlice<MasterLexer.Token>, _ origin: [UInt8]
    ) throws(EntryFault) {
        var words = ". 0 IN \(type)"
        var end = -1
        for token in tokens {
            let word = MasterText.string(text, token)
            // A parameter has its quotes right behind the sign: alpn="h2" (RFC 9460 §2.1).
            let isJoined = token.isQuoted && token.range.lowerBound == end + 1
            end = token.isQuoted ? -1 : token.range.upperBound
            words += (isJoined ? "" : " ") + (token.isQuoted ? "\"\(word)\"" : word)
        }
        do throws(LDNSError) {
            let record = try LDNSHandles.recordWire(words, defaultTTL: 0, origin: origin)
            // The root, then TYPE, CLASS, TTL and RDLENGTH.
            guard record.count >= 11 else { throw LDNSError(reason: "no data", place: 1) }
            octets.append(contentsOf: record[11...])
        } catch {
            throw EntryFault("the \(type) record cannot be read: \(error.reason)")
        }
    }

    private static func only(
        _ tokens: ArraySlice<MasterLexer.Token>, _ type: String
    ) throws(EntryFault) -> MasterLexer.Token {
        guard let first = tokens.first, tokens.count == 1 else {
            throw EntryFault("the \(type) record has \(tokens.count) words of data and needs one address")
        }
        return first
    }

    private static func noAddress(_ text: Span<UInt8>, _ token: MasterLexer.Token, _ family: String) -> EntryFault {
        EntryFault("\"\(MasterText.string(text, token))\" is no \(family) address")
    }

    private static func hexDigit(_ octet: UInt8) -> UInt8? {
        switch CaseFolding.fold(octet) {
        case let digit where digit &- 0x30 < 10: digit - 0x30
        case let letter where letter &- 0x61 < 6: letter - 0x61 + 10
        default: nil
        }
    }
}
