import Corefile
import DNSWire
import Patterns

/// Which names a line of `rewrite` is for.
enum NameMatch: Sendable {
    enum Kind: String, CaseIterable { case exact, prefix, suffix, substring, regex }

    /// Folded wire form.
    case exact([UInt8])
    case prefix(NamePart)
    case suffix(NamePart)
    case substring(NamePart)
    /// Matched with the name in presentation format, folded, with its final dot.
    case regex(Pattern)

    /// Reads FROM as its kind has it; refuses what is no name, no part of one, or no pattern.
    init(_ kind: Kind, _ from: Token) throws(CorefileError) {
        switch kind {
        case .exact: self = .exact(try from.name().folded.wire)
        case .prefix: self = .prefix(try from.namePart())
        case .suffix: self = .suffix(try from.namePart())
        case .substring: self = .substring(try from.namePart())
        case .regex: self = .regex(try from.pattern())
        }
    }

    /// Allocates for a pattern only; `symbols` are those of `name`, made once for many lines.
    func matches(_ name: borrowing FoldedName, _ symbols: borrowing NameSymbols) -> Bool {
        switch self {
        case .exact(let wire): name.hasSameOctets(as: wire.rawSpan)
        case .prefix(let part): symbols.has(part, at: 0)
        case .suffix(let part): symbols.has(part, at: symbols.count - part.symbols.count)
        case .substring(let part): symbols.find(part) != nil
        case .regex(let pattern): pattern.matches(name.presentation)
        }
    }
}

extension Token {
    func name() throws(CorefileError) -> Name {
        guard let name = try? Name(text) else { throw refused("is no domain name") }
        return name
    }

    func namePart() throws(CorefileError) -> NamePart {
        guard let part = NamePart(text) else { throw refused("is no part of a domain name") }
        return part
    }
}

extension FoldedName {
    /// Presentation format with the final dot, as CoreDNS shows names to patterns; allocates.
    var presentation: [UInt8] {
        guard labelCount > 0 else { return [UInt8(ascii: ".")] }
        var text: [UInt8] = []
        text.reserveCapacity(octetCount)
        for index in 0..<labelCount {
            let label = label(index)
            for place in 0..<label.byteCount { text.append(presentationOf: label[unchecked8: place]) }
            text.append(UInt8(ascii: "."))
        }
        return text
    }
}

extension [UInt8] {
    /// An octet of a label in presentation format (RFC 1035 §5.1).
    mutating func append(presentationOf octet: UInt8) {
        switch octet {
        case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "@"), UInt8(ascii: " "):
            self += [UInt8(ascii: "\\"), octet]
        case 0x21...0x7E: append(octet)
        default: self += [UInt8(ascii: "\\"), 0x30 + octet / 100, 0x30 + octet / 10 % 10, 0x30 + octet % 10]
        }
    }
}
