/// A set of octets: what one step of a pattern takes.
struct OctetSet: Hashable, Sendable {
    private var words = SIMD4<UInt64>()

    static let none = OctetSet()
    static let all = OctetSet(0...0xFF)

    init() {}

    init(_ range: ClosedRange<UInt8>) { insert(range) }

    /// The octets of an ASCII text.
    init(_ text: String) {
        for octet in text.utf8 { insert(octet...octet) }
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for octet in range { words[Int(octet >> 6)] |= 1 << UInt64(octet & 63) }
    }

    func contains(_ octet: UInt8) -> Bool { words[Int(octet >> 6)] >> UInt64(octet & 63) & 1 != 0 }

    /// The one member; nil for fewer or more.
    var only: UInt8? {
        let members = (0...UInt8.max).filter(contains)
        return members.count == 1 ? members[0] : nil
    }

    func union(_ other: OctetSet) -> OctetSet {
        var union = self
        union.words |= other.words
        return union
    }

    var inverted: OctetSet {
        var inverted = self
        inverted.words = ~words
        return inverted
    }

    func subtracting(_ other: OctetSet) -> OctetSet {
        var rest = self
        rest.words &= ~other.words
        return rest
    }

    /// With each ASCII letter its other case.
    var caseFolded: OctetSet {
        var folded = self
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(letter) || contains(letter ^ 0x20) {
            folded.insert(letter...letter)
            folded.insert(letter ^ 0x20...letter ^ 0x20)
        }
        return folded
    }
}

extension OctetSet {
    static let newline = OctetSet(0x0A...0x0A)
    static let digit = OctetSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let lower = OctetSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
    static let upper = OctetSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    static let alpha = lower.union(upper)
    static let word = alpha.union(digit).union(OctetSet("_"))
    /// `\s`: it has no vertical tab, unlike `[[:space:]]` (RE2 syntax).
    static let space = OctetSet("\t\n\u{0C}\r ")

    /// The classes that may stand as `[:name:]` inside brackets (RE2 syntax, "ASCII character classes").
    static func named(_ name: String) -> OctetSet? {
        switch name {
        case "alnum": alpha.union(digit)
        case "alpha": alpha
        case "ascii": OctetSet(0...0x7F)
        case "blank": OctetSet("\t ")
        case "cntrl": OctetSet(0...0x1F).union(OctetSet(0x7F...0x7F))
        case "digit": digit
        case "graph": OctetSet(0x21...0x7E)
        case "lower": lower
        case "print": OctetSet(0x20...0x7E)
        case "punct": OctetSet(0x21...0x7E).subtracting(alpha.union(digit))
        case "space": space.union(OctetSet(0x0B...0x0B))
        case "upper": upper
        case "word": word
        case "xdigit": digit.union(OctetSet("abcdefABCDEF"))
        default: nil
        }
    }

    /// What `\d`, `\D`, `\s`, `\S`, `\w` and `\W` stand for.
    static func escaped(_ letter: Unicode.Scalar) -> OctetSet? {
        switch letter {
        case "d": digit
        case "D": digit.inverted
        case "s": space
        case "S": space.inverted
        case "w": word
        case "W": word.inverted
        default: nil
        }
    }
}
