/// Classes in brackets, and what stands behind a backslash.
extension PatternParser {
    mutating func bracketClass() throws(PatternError) -> OctetSet {
        let start = at
        at += 1
        let isInverted = take("^")
        var set = OctetSet()
        var isFirst = true
        while isFirst || next != "]" {
            guard next != nil else { throw PatternError(.unclosedClass, at: start) }
            set = set.union(try classItem(in: start))
            isFirst = false
        }
        at += 1
        if flags.ignoresCase { set = set.caseFolded }
        return isInverted ? set.inverted : set
    }

    private mutating func classItem(in start: Int) throws(PatternError) -> OctetSet {
        if isNext("[:"), let named = try namedClass() { return named }
        if next == "\\", at + 1 < scalars.count {
            try refuseUnicodeClass()
            if let set = OctetSet.escaped(scalars[at + 1]) {
                at += 2
                return set
            }
        }
        let place = at
        let low = try classOctet(in: start)
        guard next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" else { return OctetSet(low...low) }
        at += 1
        let high = try classOctet(in: start)
        guard low <= high else { throw PatternError(.badRange, at: place) }
        return OctetSet(low...high)
    }

    private mutating func classOctet(in start: Int) throws(PatternError) -> UInt8 {
        let place = at
        guard let scalar = next else { throw PatternError(.unclosedClass, at: start) }
        let character = scalar == "\\" ? try escapedCharacter() : scalar
        if scalar != "\\" { at += 1 }
        guard character.isASCII else { throw PatternError(.classBeyondASCII, at: place) }
        return UInt8(character.value)
    }

    /// `[:name:]` or `[:^name:]`; nil where no `:]` follows, and the bracket is a character.
    private mutating func namedClass() throws(PatternError) -> OctetSet? {
        var end = at + 2
        while end + 1 < scalars.count, scalars[end] != ":" || scalars[end + 1] != "]" { end += 1 }
        guard end + 1 < scalars.count else { return nil }
        var name = scalars[(at + 2)..<end]
        let isInverted = name.first == "^"
        if isInverted { name.removeFirst() }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: name)
        guard let set = OctetSet.named(String(text)) else { throw PatternError(.unknownClass, at: at) }
        at = end + 2
        return isInverted ? set.inverted : set
    }

    /// What a backslash outside of brackets stands for.
    mutating func escape() throws(PatternError) -> PatternNode {
        guard at + 1 < scalars.count else { throw PatternError(.trailingBackslash, at: at) }
        try refuseUnicodeClass()
        let letter = scalars[at + 1]
        if let set = OctetSet.escaped(letter) {
            at += 2
            return .octet(set)
        }
        let assertion: Assertion? =
            switch letter {
            case "A": .textStart
            case "z": .textEnd
            case "b": .wordBoundary
            case "B": .noWordBoundary
            default: nil
            }
        guard let assertion else { return literal(try escapedCharacter()) }
        at += 2
        return .assertion(assertion)
    }

    private func refuseUnicodeClass() throws(PatternError) {
        if isNext("\\p") || isNext("\\P") { throw PatternError(.unicodeClass, at: at) }
    }

    /// The character that a backslash and what follows it stand for.
    private mutating func escapedCharacter() throws(PatternError) -> Unicode.Scalar {
        let start = at
        guard at + 1 < scalars.count else { throw PatternError(.trailingBackslash, at: at) }
        let letter = scalars[at + 1]
        at += 2
        switch letter {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": return try hexadecimal(from: start)
        case "0"..."9": return try octal(letter, from: start)
        default:
            guard letter.isASCII, !OctetSet.word.contains(UInt8(letter.value)) || letter == "_" else {
                throw PatternError(.unknownEscape, at: start)
            }
            return letter
        }
    }

    /// `\0`, or up to three octal digits; one digit alone would refer back to a group.
    private mutating func octal(_ first: Unicode.Scalar, from start: Int) throws(PatternError) -> Unicode.Scalar {
        let isOctal = { (scalar: Unicode.Scalar) in ("0"..."7").contains(scalar) }
        guard isOctal(first), first == "0" || next.map(isOctal) == true else {
            throw PatternError(.backreference, at: start)
        }
        var value = first.value - 0x30
        for _ in 0..<2 {
            guard let digit = next, isOctal(digit) else { break }
            value = value * 8 + digit.value - 0x30
            at += 1
        }
        guard let scalar = Unicode.Scalar(value) else { throw PatternError(.badCharacterCode, at: start) }
        return scalar
    }

    /// `\x7F` or `\x{10FFFF}`.
    private mutating func hexadecimal(from start: Int) throws(PatternError) -> Unicode.Scalar {
        var digits = String.UnicodeScalarView()
        let isBraced = take("{")
        while let digit = next, digit.properties.isASCIIHexDigit, digits.count < (isBraced ? 6 : 2) {
            digits.append(digit)
            at += 1
        }
        let isWhole = isBraced ? take("}") : digits.count == 2
        guard isWhole, let value = UInt32(String(digits), radix: 16), let scalar = Unicode.Scalar(value) else {
            throw PatternError(.badCharacterCode, at: start)
        }
        return scalar
    }
}
