import DNSWire

/// Cuts a master file into entries, and these into tokens (RFC 1035 §5.1).
struct MasterLexer {
    struct Token {
        /// Without quotes; escapes are as they were written.
        var range: Range<Int>
        var isQuoted = false
    }

    /// Of one entry.
    static let tokenCountMax = 65_536

    /// The tokens of the entry read last.
    private(set) var tokens: [Token] = []
    /// Whether that entry began with blanks: its owner is the last one stated.
    private(set) var beginsBlank = false
    /// The line on which that entry began.
    private(set) var line = 0
    private var at = 0
    private var currentLine = 1
    private var depth = 0

    /// Reads up to the end of the next entry that has tokens; false at the end of the text.
    mutating func next(_ text: Span<UInt8>) throws(EntryFault) -> Bool {
        tokens.removeAll(keepingCapacity: true)
        depth = 0
        line = currentLine
        beginsBlank = at < text.count && Self.isBlank(text[at])
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\n"):
                at += 1
                currentLine += 1
                if depth == 0 {
                    if !tokens.isEmpty { return true }
                    line = currentLine
                    beginsBlank = at < text.count && Self.isBlank(text[at])
                }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
            case UInt8(ascii: ";"): while at < text.count, text[at] != UInt8(ascii: "\n") { at += 1 }
            case UInt8(ascii: "("):
                depth += 1
                at += 1
            case UInt8(ascii: ")"):
                at += 1
                guard depth > 0 else { throw skip(text, "a \")\" without its \"(\"; take it out") }
                depth -= 1
            case UInt8(ascii: "\""): try quoted(text)
            default: try plain(text)
            }
            if tokens.count > Self.tokenCountMax { throw skip(text, "more than \(Self.tokenCountMax) words") }
        }
        guard depth == 0 else { throw EntryFault("a \"(\" is never closed; add the \")\"") }
        return !tokens.isEmpty
    }

    private mutating func plain(_ text: Span<UInt8>) throws(EntryFault) {
        let start = at
        while at < text.count {
            let octet = text[at]
            if octet == UInt8(ascii: "\\") {
                at += 2
                if at <= text.count, text[at - 1] == UInt8(ascii: "\n") {
                    at -= 1
                    throw skip(text, "a line ends with \"\\\", which escapes nothing; take it out")
                }
                continue
            }
            if octet <= UInt8(ascii: "\"") || octet == UInt8(ascii: ";") || octet == UInt8(ascii: "(")
                || octet == UInt8(ascii: ")")
            {
                if octet == 0 { throw skip(text, "a zero octet; write it as \\000") }
                // Other control octets, and "!", are part of a word.
                if Self.isBlank(octet) || octet == UInt8(ascii: "\n") || octet == UInt8(ascii: "\r")
                    || octet >= UInt8(ascii: "\"")
                {
                    break
                }
            }
            at += 1
        }
        guard at <= text.count else {
            at = text.count
            throw EntryFault("the file ends within an escape")
        }
        tokens.append(Token(range: start..<at))
    }

    private mutating func quoted(_ text: Span<UInt8>) throws(EntryFault) {
        let (start, startLine) = (at + 1, currentLine)
        at += 1
        while at < text.count, text[at] != UInt8(ascii: "\"") {
            if text[at] == 0 { throw skip(text, "a zero octet; write it as \\000") }
            if text[at] == UInt8(ascii: "\n") {
                throw skip(text, "a quote that begins on line \(startLine) is not closed on it; close it")
            }
            at += text[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard at < text.count else {
            at = text.count
            throw EntryFault("the file ends within quotes; close them")
        }
        tokens.append(Token(range: start..<at, isQuoted: true))
        at += 1
    }

    /// Goes to the start of the next line, so that what follows a fault is read; returns the fault.
    private mutating func skip(_ text: Span<UInt8>, _ message: String) -> EntryFault {
        while at < text.count, text[at] != UInt8(ascii: "\n") { at += 1 }
        return EntryFault(message)
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
}
