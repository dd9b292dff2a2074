/// A text with places to fill in, in the part of Go's template language that answers need.
///
/// Between `{{` and `}}`: `.Name`, `.Zone`, `.Type`, `.Class`, `.Remote`, `.Match`, `.Group.NAME`, `.Question.Name`,
/// `.Question.Qtype`, `.Question.Qclass`, `.Message.Id`; `index .Match N`, `index .Group "NAME"`,
/// `parseInt TEXT BASE BITS`; quoted texts, numbers, parentheses. A dash inside a brace takes the blanks beside it away.
package struct TemplateText: Hashable, Sendable {
    /// Parentheses open at once.
    static let nestingMax = 16

    package enum GroupKey: Hashable, Sendable {
        case index(Int)
        case name(String)
    }

    enum Part: Hashable, Sendable {
        case text([UInt8])
        case value(Expression)
    }

    indirect enum Expression: Hashable, Sendable {
        case name, zone, type, qclass, remote, match
        case questionName, questionType, questionClass, messageID
        case group(GroupKey)
        case literal([UInt8])
        case parseInt(Expression, base: Int, bits: Int)
    }

    private let parts: [Part]

    /// Throws at the first thing that is not this language.
    package init(_ text: String) throws(TemplateError) {
        var parser = TemplateParser(text)
        parts = try parser.parse()
    }

    /// Whether it has nothing to fill in.
    package var isConstant: Bool { parts.allSatisfy { if case .text = $0 { true } else { false } } }

    /// Whether it asks for the type.
    package var namesType: Bool {
        parts.contains { if case .value(let expression) = $0 { expression.namesType } else { false } }
    }

    /// The groups it asks for.
    package var groups: [GroupKey] {
        parts.compactMap { if case .value(let expression) = $0 { expression.group } else { nil } }
    }

    /// The text for one query; throws where `parseInt` is given no number of its base, or one past its bits.
    package func filled(_ values: TemplateValues) throws(TemplateFailure) -> [UInt8] {
        var text: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let octets): text += octets
            case .value(let expression): text += try expression.text(values)
            }
        }
        return text
    }
}

extension TemplateText.Expression {
    fileprivate var group: TemplateText.GroupKey? {
        switch self {
        case .group(let key): key
        case .parseInt(let inner, _, _): inner.group
        default: nil
        }
    }

    fileprivate var namesType: Bool {
        switch self {
        case .type, .questionType: true
        case .parseInt(let inner, _, _): inner.namesType
        default: false
        }
    }

    fileprivate func text(_ values: TemplateValues) throws(TemplateFailure) -> [UInt8] {
        switch self {
        case .name: return values.name
        case .zone: return values.zone
        case .type: return Array(values.type.utf8)
        case .qclass: return Array(values.qclass.utf8)
        case .remote: return Array(values.remote.utf8)
        case .match: return Array("[".utf8) + values.groups.joined(separator: " ".utf8) + Array("]".utf8)
        case .questionName: return values.questionName
        case .questionType: return Array(String(values.typeNumber).utf8)
        case .questionClass: return Array(String(values.classNumber).utf8)
        case .messageID: return Array(String(values.messageID).utf8)
        case .group(let key): return values.group(key)
        case .literal(let octets): return octets
        case .parseInt(let inner, let base, let bits):
            let digits = String(decoding: try inner.text(values), as: UTF8.self)
            guard !digits.hasPrefix("+"), let number = UInt64(digits, radix: base),
                bits == 64 || number >> UInt64(bits) == 0
            else { throw TemplateFailure() }
            return Array(String(number).utf8)
        }
    }
}
