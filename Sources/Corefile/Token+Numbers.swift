/// Numbers and switches.
extension Token {
    /// Reads a decimal number, a leading `-` allowed, and refuses one outside of `range`.
    package func integer(in range: ClosedRange<Int>) throws(CorefileError) -> Int {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard Digits.areAll(of: digits) else {
            throw refused("is no number; expected \(range.lowerBound) to \(range.upperBound)")
        }
        // A number too long for Int is out of any range.
        guard let number = Int(text), range.contains(number) else {
            throw refused("is out of range; expected \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Reads `true`, `on`, `yes` or `false`, `off`, `no`, in any case.
    package func boolean() throws(CorefileError) -> Bool {
        switch text.lowercased() {
        case "true", "on", "yes": return true
        case "false", "off", "no": return false
        default: throw refused("is neither true nor false; expected \"true\" or \"false\"")
        }
    }

    /// Reads one of the names of an enum's cases, as their raw values spell them.
    package func choice<Choice>(_ what: String, of type: Choice.Type) throws(CorefileError) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let choice = Choice(rawValue: text) else { throw unknown(what, known: Choice.allCases.map(\.rawValue)) }
        return choice
    }
}
