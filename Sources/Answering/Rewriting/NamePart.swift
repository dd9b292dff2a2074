import DNSWire

/// A piece of a name as `rewrite` has it: octets of labels, and ends of labels where its text has dots.
///
/// Kept as symbols, so that an octet `.` inside a label is no end of one.
struct NamePart: Hashable, Sendable {
    /// An octet, or ``labelEnd``.
    let symbols: [UInt16]

    static let labelEnd: UInt16 = 0x100

    /// Reads presentation format (RFC 1035 §5.1), folds it, and ends it with a label's end as CoreDNS does.
    ///
    /// Nil where a label is empty but the first, where a backslash has nothing behind it, or past the length of a name.
    init?(_ text: String) {
        var symbols: [UInt16] = []
        var rest = text.utf8[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "."):
                guard symbols.last != Self.labelEnd else { return nil }
                symbols.append(Self.labelEnd)
            case UInt8(ascii: "\\"):
                guard let escaped = Self.escaped(&rest) else { return nil }
                symbols.append(UInt16(CaseFolding.fold(escaped)))
            default: symbols.append(UInt16(CaseFolding.fold(octet)))
            }
        }
        if symbols.last != Self.labelEnd { symbols.append(Self.labelEnd) }
        guard symbols.count < Name.octetCountMax else { return nil }
        self.symbols = symbols
    }

    private static func escaped(_ rest: inout Substring.UTF8View) -> UInt8? {
        guard let first = rest.first, (0x30...0x39).contains(first) else { return rest.popFirst() }
        let digits = rest.prefix(3)
        rest = rest.dropFirst(3)
        return digits.count == 3 ? UInt8(String(decoding: digits, as: UTF8.self)) : nil
    }
}

/// A whole name as symbols, without heap memory; the root has none.
struct NameSymbols: ~Copyable {
    private var symbols = InlineArray<256, UInt16>(repeating: 0)
    private(set) var count = 0

    init(_ name: borrowing FoldedName) {
        for index in 0..<name.labelCount {
            let label = name.label(index)
            for place in 0..<label.byteCount { append(UInt16(label[unchecked8: place])) }
            append(NamePart.labelEnd)
        }
    }

    private mutating func append(_ symbol: UInt16) {
        symbols[count] = symbol
        count += 1
    }

    /// Whether `part` stands at `place`.
    func has(_ part: NamePart, at place: Int) -> Bool {
        guard place >= 0, place + part.symbols.count <= count else { return false }
        for index in part.symbols.indices where symbols[place + index] != part.symbols[index] { return false }
        return true
    }

    /// The first place of `part` at or behind `start`.
    func find(_ part: NamePart, from start: Int = 0) -> Int? {
        var place = start
        while place + part.symbols.count <= count {
            if has(part, at: place) { return place }
            place += 1
        }
        return nil
    }

    func write(_ range: Range<Int>, to assembly: inout NameAssembly) {
        for index in range { assembly.append(symbol: symbols[index]) }
    }
}

extension NameAssembly {
    mutating func append(symbol: UInt16) {
        if symbol == NamePart.labelEnd { endLabel() } else { append(octet: UInt8(truncatingIfNeeded: symbol)) }
    }

    mutating func append(_ part: NamePart) {
        for index in part.symbols.indices { append(symbol: part.symbols[index]) }
    }
}
