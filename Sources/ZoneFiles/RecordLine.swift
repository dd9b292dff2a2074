/// A record in presentation format on one line, without parentheses and comments: all that libldns is shown of a text.
///
/// Of each line that ends inside parentheses libldns 1.8 writes an octet without looking where its buffer ends
/// (`ldns_bget_token`): some twenty lines are written over other memory.
enum RecordLine {
    /// The first record of a text (RFC 1035 §5.1); what follows on later lines is left out.
    ///
    /// Throws for parentheses without their other half, and for lines that end within quotes or an escape.
    static func first(of text: String) throws(LDNSError) -> String {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count)
        var (depth, isQuoted, isComment, isEscaped, isBlank) = (0, false, false, false, true)
        scan: for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\n") where isQuoted || isEscaped:
                throw LDNSError(reason: "a line that ends within quotes or an escape", place: 1)
            case UInt8(ascii: "\n"):
                isComment = false
                if depth == 0, !isBlank { break scan }
                if depth > 0 { octets.append(UInt8(ascii: " ")) } else { octets = [] }
                continue
            case _ where isComment: continue
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "\""): isQuoted.toggle()
            case _ where isQuoted: break
            case UInt8(ascii: ";"):
                isComment = true
                continue
            case UInt8(ascii: "("), UInt8(ascii: ")"):
                depth += octet == UInt8(ascii: "(") ? 1 : -1
                guard depth >= 0 else { throw LDNSError(reason: "a \")\" without its \"(\"", place: 1) }
                octets.append(UInt8(ascii: " "))
                continue
            default: break
            }
            if octet != UInt8(ascii: " "), octet != UInt8(ascii: "\t"), octet != UInt8(ascii: "\r") { isBlank = false }
            octets.append(octet)
        }
        guard depth == 0, !isQuoted else {
            throw LDNSError(reason: "a \"(\" or a quote that is never closed", place: 1)
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
