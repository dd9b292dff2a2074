/// What a number without a unit means where a duration is read.
package enum BareNumber: Hashable, Sendable {
    case refused
    case seconds
}

extension Token {
    /// Reads a duration in Go's syntax: `5s`, `1h30m`, `250ms`, `1.5s`, `0`; units `ns`, `us`, `ms`, `s`, `m`, `h`.
    ///
    /// Negative durations and those past 2^63 - 1 nanoseconds (292 years) are refused, and those outside of `range`.
    package func duration(
        bareNumber: BareNumber = .refused, in range: ClosedRange<Duration>? = nil
    ) throws(CorefileError) -> Duration {
        let number = try DurationText(self, bareNumber: bareNumber).nanoseconds()
        let duration = Duration.nanoseconds(number)
        if let range, !range.contains(duration) {
            throw refused("is out of range; expected \(range.lowerBound) to \(range.upperBound)")
        }
        return duration
    }
}

/// The parts of a duration, each a decimal number and a unit.
private struct DurationText {
    private static let units: [String: Int128] = [
        "ns": 1, "us": 1_000, "\u{B5}s": 1_000, "\u{3BC}s": 1_000, "ms": 1_000_000,
        "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]
    /// More digits than this overflow 2^63 - 1 nanoseconds before the point, and weigh less than one behind it.
    private static let digitsMax = 19

    private let word: Token
    private let bareNumber: BareNumber
    private var rest: Substring

    init(_ word: Token, bareNumber: BareNumber) {
        self.word = word
        self.bareNumber = bareNumber
        rest = word.text[...]
    }

    consuming func nanoseconds() throws(CorefileError) -> Int64 {
        if rest == "0" { return 0 }
        if bareNumber == .seconds, Digits.areAll(of: rest) { rest += "s" }
        guard !rest.isEmpty else { throw syntaxError }
        var total: Int128 = 0
        while !rest.isEmpty {
            total += try nextPart()
            guard total <= Int64.max else { throw word.refused("is too long a duration; expected at most 2562047h") }
        }
        return Int64(total)
    }

    private mutating func nextPart() throws(CorefileError) -> Int128 {
        let whole = takeDigits()
        var fraction = Substring()
        if rest.first == "." {
            rest = rest.dropFirst()
            fraction = takeDigits()
        }
        guard !whole.isEmpty || !fraction.isEmpty else { throw syntaxError }
        let name = rest.prefix { $0 != "." && !$0.isWholeNumber }
        rest = rest.dropFirst(name.count)
        guard let unit = Self.units[String(name)] else { throw syntaxError }
        let significant = whole.drop { $0 == "0" }
        guard significant.count <= Self.digitsMax else { return .init(Int64.max) + 1 }
        let behind = fraction.prefix(Self.digitsMax)
        let scale = behind.reduce(Int128(1)) { scale, _ in scale * 10 }
        return (Int128(significant) ?? 0) * unit + (Int128(behind) ?? 0) * unit / scale
    }

    private mutating func takeDigits() -> Substring {
        let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private var syntaxError: CorefileError {
        let example = bareNumber == .seconds ? "\"30s\" or a number of seconds" : "\"30s\", \"1h30m\" or \"250ms\""
        return word.refused("is no duration; expected for example \(example)")
    }
}
