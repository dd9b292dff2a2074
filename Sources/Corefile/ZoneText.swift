import NetworkAddress

/// Zone names and prefixes as an operator writes them, turned into canonical zone names.
enum ZoneText {
    /// RFC 1035 §2.3.4.
    static let labelOctetsMax = 63
    /// RFC 1035 §2.3.4, each label with its length octet, the root's included.
    static let nameOctetsMax = 255

    /// Returns the zones that `text` stands for: one for a name, one or more for `ADDRESS/LENGTH`.
    ///
    /// `word` is what errors show.
    static func zones(_ text: String, _ word: Token) throws(CorefileError) -> [String] {
        guard let slash = text.firstIndex(of: "/"), let address = IPAddress(text[..<slash]) else {
            return [try name(text, word)]
        }
        guard let prefix = AddressPrefix(text) else {
            throw word.refused("has no prefix length for \(address.family.rawValue); expected 0 to \(address.bitCount)")
        }
        return ReverseZones.zones(covering: prefix)
    }

    /// Returns `text` in lower case with the final dot, escaped where RFC 1035 §5.1 needs it and nowhere else.
    private static func name(_ text: String, _ word: Token) throws(CorefileError) -> String {
        if text == "." { return text }
        var labels = try labels(Array(text.utf8), word)
        if labels.last?.isEmpty == true { labels.removeLast() }
        guard !labels.isEmpty, labels.allSatisfy({ !$0.isEmpty }) else {
            throw word.refused("is no zone: a label is empty; write one dot between labels")
        }
        guard labels.allSatisfy({ $0.count <= labelOctetsMax }) else {
            throw word.refused("is no zone: a label is longer than \(labelOctetsMax) octets")
        }
        guard labels.reduce(1, { $0 + 1 + $1.count }) <= nameOctetsMax else {
            throw word.refused("is no zone: the name is longer than \(nameOctetsMax) octets")
        }
        return labels.map { presentation($0) + "." }.joined()
    }

    private static func labels(_ octets: [UInt8], _ word: Token) throws(CorefileError) -> [[UInt8]] {
        var labels: [[UInt8]] = [[]]
        var at = 0
        while at < octets.count {
            var octet = octets[at]
            at += 1
            switch octet {
            case UInt8(ascii: "."):
                labels.append([])
                continue
            case UInt8(ascii: "\\"):
                let length: Int
                (octet, length) = try escape(octets[at...], word)
                at += length
            case UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ":"):
                let sign = String(UnicodeScalar(octet))
                throw word.refused(
                    "is no zone: found \"\(sign)\" in it; put a space there, or write \"\\\(sign)\" if it is meant")
            default: break
            }
            labels[labels.count - 1].append(lowerCase(octet))
        }
        return labels
    }

    /// Reads what follows a backslash: three digits stand for an octet, anything else for itself.
    private static func escape(_ rest: ArraySlice<UInt8>, _ word: Token) throws(CorefileError) -> (UInt8, length: Int) {
        let digits = rest.prefix(3)
        if let first = digits.first, !Digits.isDigit(first) { return (first, 1) }
        guard digits.count == 3, digits.allSatisfy(Digits.isDigit),
            let octet = UInt8(String(decoding: digits, as: UTF8.self))
        else { throw word.refused("is no zone: a backslash wants one character, or three digits up to 255, behind it") }
        return (octet, 3)
    }

    private static func lowerCase(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
    }

    private static func presentation(_ label: [UInt8]) -> String {
        label.map { octet in
            let digits = String(octet)
            return switch octet {
            case _ where #"."\;()@$"#.utf8.contains(octet): "\\" + String(UnicodeScalar(octet))
            case 0x21...0x7E: String(UnicodeScalar(octet))
            default: "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }.joined()
    }
}
