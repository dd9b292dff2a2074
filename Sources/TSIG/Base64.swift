/// Octets as text of four characters for three of them (RFC 4648 §4).
package enum Base64 {
    /// Reads text, white space in it ignored; nil where it is none.
    package static func octets(_ text: some StringProtocol) -> [UInt8]? {
        var (octets, word, bits, padding, count): ([UInt8], UInt32, Int, Int, Int) = ([], 0, 0, 0, 0)
        for character in text.utf8 where ![0x20, 0x09, 0x0A, 0x0D].contains(character) {
            count += 1
            if character == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(character) else { return nil }
            (word, bits) = (word << 6 | UInt32(value), bits + 6)
            guard bits >= 8 else { continue }
            bits -= 8
            octets.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
        }
        return count % 4 == 0 && padding <= 2 && bits == [0, 2, 4][min(padding, 2)] ? octets : nil
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
