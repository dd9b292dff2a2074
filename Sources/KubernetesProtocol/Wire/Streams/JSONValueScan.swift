/// The search for the end of one JSON value, which may come in many pieces (RFC 8259).
///
/// Knows strings and nesting and nothing else: whether the value is well formed is for its reader to say.
struct JSONValueScan {
    private enum Kind { case unknown, string, nested, plain }

    private var kind = Kind.unknown
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Octets of the value seen so far.
    private(set) var count = 0

    /// Looks at the octets that follow those seen before; true where the value ends among them, `count` octets long.
    mutating func scan(_ octets: ArraySlice<UInt8>) -> Bool {
        for octet in octets {
            if isInString {
                count += 1
                if endsString(octet), depth == 0 { return true }
                continue
            }
            switch octet {
            case UInt8(ascii: "\""):
                if kind == .plain { return true }
                if kind == .unknown { kind = .string }
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if kind == .plain { return true }
                kind = .nested
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth -= 1
                if depth == 0 {
                    count += 1
                    return true
                }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return true }
            default:
                if kind == .unknown { kind = .plain }
            }
            count += 1
        }
        return false
    }

    private mutating func endsString(_ octet: UInt8) -> Bool {
        if isEscaped {
            isEscaped = false
        } else if octet == UInt8(ascii: "\\") {
            isEscaped = true
        } else if octet == UInt8(ascii: "\"") {
            isInString = false
            return true
        }
        return false
    }
}
