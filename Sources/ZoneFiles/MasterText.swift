import DNSWire

/// Words of a master file as what they stand for.
enum MasterText {
    /// Appends a name in wire form to `wire`; relative ones lie below `origin`, `@` is `origin`.
    static func appendName(
        _ text: Span<UInt8>, _ token: MasterLexer.Token, origin: [UInt8], to wire: inout [UInt8]
    ) throws(EntryFault) {
        let (range, first) = (token.range, wire.count)
        if range.count == 1, !token.isQuoted {
            if text[range.lowerBound] == UInt8(ascii: "@") { return wire += origin }
            if text[range.lowerBound] == UInt8(ascii: ".") { return wire.append(0) }
        }
        var label = wire.count
        wire.append(0)
        var at = range.lowerBound
        var isAbsolute = false
        while at < range.upperBound {
            var octet = text[at]
            if octet == UInt8(ascii: ".") {
                try close(label, wire, text, token)
                at += 1
                if at == range.upperBound {
                    isAbsolute = true
                    break
                }
                label = wire.count
                wire.append(0)
                continue
            }
            if octet == UInt8(ascii: "\\") {
                (octet, at) = try escape(text, at: at, end: range.upperBound)
            } else {
                at += 1
            }
            guard wire[label] < UInt8(Name.labelOctetCountMax) else {
                throw EntryFault("\(string(text, token)) has a label over 63 octets; shorten it")
            }
            wire[label] += 1
            wire.append(octet)
        }
        if isAbsolute {
            wire.append(0)
        } else {
            try close(label, wire, text, token)
            wire += origin
        }
        guard wire.count - first <= Name.octetCountMax else {
            throw EntryFault("\(string(text, token)) is a name over 255 octets; shorten it")
        }
    }

    private static func close(
        _ label: Int, _ wire: [UInt8], _ text: Span<UInt8>, _ token: MasterLexer.Token
    ) throws(EntryFault) {
        if wire[label] == 0 { throw EntryFault("\"\(string(text, token))\" has an empty label; take a dot out") }
    }

    /// `\DDD` or `\X`; the octet and where the text goes on.
    private static func escape(_ text: Span<UInt8>, at: Int, end: Int) throws(EntryFault) -> (UInt8, Int) {
        guard at + 1 < end else { throw EntryFault("an escape without its octet") }
        guard text[at + 1] &- 0x30 < 10 else { return (text[at + 1], at + 2) }
        guard at + 3 < end, text[at + 2] &- 0x30 < 10, text[at + 3] &- 0x30 < 10,
            case let value = Int(text[at + 1] - 0x30) * 100 + Int(text[at + 2] - 0x30) * 10 + Int(text[at + 3] - 0x30),
            value < 256
        else { throw EntryFault("an escape that is no \\DDD from 000 to 255") }
        return (UInt8(value), at + 4)
    }

    /// Appends a character-string (RFC 1035 §3.3) of 255 octets at most.
    static func appendString(
        _ text: Span<UInt8>, _ token: MasterLexer.Token, to wire: inout [UInt8]
    ) throws(EntryFault) {
        let first = wire.count
        wire.append(0)
        var at = token.range.lowerBound
        while at < token.range.upperBound {
            var octet = text[at]
            if octet == UInt8(ascii: "\\") {
                (octet, at) = try escape(text, at: at, end: token.range.upperBound)
            } else {
                at += 1
            }
            guard wire[first] < 255 else { throw EntryFault("a text over 255 octets; divide it into several") }
            wire[first] += 1
            wire.append(octet)
        }
    }

    /// Seconds, or numbers with units: `1h30m`; nil where the word is something else.
    static func ttl(_ text: Span<UInt8>, _ token: MasterLexer.Token) -> UInt32? {
        guard !token.range.isEmpty, !token.isQuoted else { return nil }
        var (total, number, hasDigits) = (0, 0, false)
        for index in token.range {
            let octet = text[index]
            if octet &- 0x30 < 10 {
                number = number * 10 + Int(octet - 0x30)
                hasDigits = true
                guard number <= Int(UInt32.max) else { return nil }
                continue
            }
            guard hasDigits else { return nil }
            let unit =
                switch CaseFolding.fold(octet) {
                case UInt8(ascii: "s"): 1
                case UInt8(ascii: "m"): 60
                case UInt8(ascii: "h"): 3600
                case UInt8(ascii: "d"): 86_400
                case UInt8(ascii: "w"): 604_800
                default: 0
                }
            guard unit > 0 else { return nil }
            total += number * unit
            (number, hasDigits) = (0, false)
            guard total <= Int(UInt32.max) else { return nil }
        }
        return UInt32(exactly: total + number)
    }

    static func integer(_ text: Span<UInt8>, _ token: MasterLexer.Token, max: Int) throws(EntryFault) -> Int {
        var number = 0
        for index in token.range {
            guard text[index] &- 0x30 < 10, case let next = number * 10 + Int(text[index] - 0x30), next <= max else {
                throw EntryFault("\"\(string(text, token))\" is no number from 0 to \(max)")
            }
            number = next
        }
        if token.range.isEmpty { throw EntryFault("a number is missing") }
        return number
    }

    /// Whether the word is `word`, which is upper case, in any case.
    static func isWord(_ text: Span<UInt8>, _ token: MasterLexer.Token, _ word: StaticString) -> Bool {
        guard token.range.count == word.utf8CodeUnitCount, !token.isQuoted else { return false }
        for index in 0..<word.utf8CodeUnitCount {
            // SAFETY: `index` is below the literal's length.
            let own = unsafe word.utf8Start[index]
            if CaseFolding.fold(text[token.range.lowerBound + index]) != CaseFolding.fold(own) { return false }
        }
        return true
    }

    static func string(_ text: Span<UInt8>, _ token: MasterLexer.Token) -> String {
        String(decoding: token.range.map { text[$0] }, as: UTF8.self)
    }
}
