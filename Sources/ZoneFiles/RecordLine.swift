/// A record in presentation format on one line, without parentheses and comments: all that libldns is shown of a text.
///
/// Of each line that ends inside parentheses libldns 1.8 writes an octet without looking where its buffer ends
/// (`ldns_bget_token`): some twenty lines are written over other memory.
enum RecordLine {
    /// The record of a text (RFC 1035 §5.1), which may have empty lines and comments around it.
    ///
    /// Throws for a second record, for parentheses without their other half, and for lines that end within quotes or an
    /// escape.
    static func only(in text: String) throws(LDNSError) -> String {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count)
        var (depth, isQuoted, isComment, isEscaped) = (0, false, false, false)
        // Whether nothing has come yet, and whether the record's last line has.
        var (isBlank, isOver) = (true, false)
        for octet in text.utf8 {
            let isSpace = octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") || octet == UInt8(ascii: "\r")
            switch octet {
            case UInt8(ascii: "\n") where isQuoted || isEscaped:
                throw LDNSError(reason: "a line that ends within quotes or an escape", place: 1)
            case UInt8(ascii: "\n"):
                isComment = false
                if depth > 0 { octets.append(UInt8(ascii: " ")) } else if isBlank { octets = [] } else { isOver = true }
                continue
            case _ where isComment || isOver && isSpace: continue
            case _ where isOver && octet != UInt8(ascii: ";"):
                throw LDNSError(reason: "a second record on a line of its own", place: 1)
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
            if !isSpace { isBlank = false }
            octets.append(octet)
        }
        guard depth == 0, !isQuoted else {
            throw LDNSError(reason: "a \"(\" or a quote that is never closed", place: 1)
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
