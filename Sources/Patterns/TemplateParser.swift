/// Reads a template: texts and actions in turn.
struct TemplateParser {
    private static let blanks: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n"]
    /// Words of Go's language that start what is left out here.
    private static let unsupported: Set<String> = [
        "if", "else", "end", "range", "with", "define", "template", "block", "break", "continue", "and", "or", "not",
        "eq", "ne", "lt", "le", "gt", "ge", "len", "print", "printf", "println", "slice", "html", "js", "urlquery",
        "call",
    ]

    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var depth = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func parse() throws(TemplateError) -> [TemplateText.Part] {
        var parts: [TemplateText.Part] = []
        var trimsStart = false
        while at < scalars.count {
            let text = text(trimsStart: trimsStart)
            if !text.isEmpty { parts.append(.text(text)) }
            guard at < scalars.count else { break }
            if let expression = try action(trimsStart: &trimsStart) { parts.append(.value(expression)) }
        }
        return parts
    }

    /// The text up to the next action, without its blanks where a dash beside it says so.
    private mutating func text(trimsStart: Bool) -> [UInt8] {
        let start = at
        while at < scalars.count, !isNext("{{") { at += 1 }
        var text = scalars[start..<at]
        if trimsStart { text = text.drop { Self.blanks.contains($0) } }
        if isNext("{{- ") {
            while let last = text.last, Self.blanks.contains(last) { text.removeLast() }
        }
        return Self.octets(text)
    }

    /// One `{{…}}`; nil for a comment.
    private mutating func action(trimsStart: inout Bool) throws(TemplateError) -> TemplateText.Expression? {
        let start = at
        at += isNext("{{- ") ? 3 : 2
        skipBlanks()
        if isNext("/*") {
            while at < scalars.count, !isNext("*/") { at += 1 }
            at += 2
            trimsStart = try close(from: start)
            return nil
        }
        if isNext("}}") || isNext("-}}") { throw TemplateError(.emptyAction, at: start) }
        let expression = try call()
        trimsStart = try close(from: start)
        return expression
    }

    /// Whether the blanks behind are to go.
    private mutating func close(from start: Int) throws(TemplateError) -> Bool {
        skipBlanks()
        let trims = isNext("-}}")
        if trims { at += 1 }
        guard isNext("}}") else {
            guard at < scalars.count else { throw TemplateError(.unclosedAction, at: start) }
            if scalars[at] == "|" { throw TemplateError(.unsupported("|"), at: at) }
            throw TemplateError(.unknownWord(word()), at: at)
        }
        at += 2
        return trims
    }

    /// A function with its arguments, or an operand alone.
    private mutating func call() throws(TemplateError) -> TemplateText.Expression {
        skipBlanks()
        let start = at
        switch word() {
        case "index":
            at += 5
            return try index(from: start)
        case "parseInt":
            at += 8
            return try parseInt(from: start)
        case let name where Self.unsupported.contains(name): throw TemplateError(.unsupported(name), at: start)
        default: return try operand()
        }
    }

    private mutating func index(from start: Int) throws(TemplateError) -> TemplateText.Expression {
        let refusal = TemplateError(.badArguments("index"), at: start)
        skipBlanks()
        let list = word()
        at += list.unicodeScalars.count
        let key = try operand()
        guard case .literal(let octets) = key else { throw refusal }
        let text = String(decoding: octets, as: UTF8.self)
        switch list {
        case ".Match":
            guard let number = Int(text), number >= 0 else { throw refusal }
            return .group(.index(number))
        // CoreDNS has the numbers among the names.
        case ".Group": return .group(Int(text).map { .index($0) } ?? .name(text))
        default: throw refusal
        }
    }

    private mutating func parseInt(from start: Int) throws(TemplateError) -> TemplateText.Expression {
        let text = try operand()
        let base = try number()
        let bits = try number()
        guard let base, let bits, (2...36).contains(base), (0...64).contains(bits) else {
            throw TemplateError(.badArguments("parseInt"), at: start)
        }
        return .parseInt(text, base: base, bits: bits == 0 ? 64 : bits)
    }

    private mutating func number() throws(TemplateError) -> Int? {
        skipBlanks()
        let digits = word()
        at += digits.unicodeScalars.count
        return digits.utf8.count <= 3 ? Int(digits) : nil
    }

    private mutating func operand() throws(TemplateError) -> TemplateText.Expression {
        skipBlanks()
        guard at < scalars.count else { throw TemplateError(.unclosedAction, at: at) }
        switch scalars[at] {
        case "(": return try parenthesis()
        case "\"", "`": return .literal(try quoted())
        case "$": throw TemplateError(.variable, at: at)
        default: break
        }
        let start = at
        let word = word()
        at += word.unicodeScalars.count
        if word.hasPrefix(".") { return try field(word, at: start) }
        guard Int(word) != nil else {
            throw TemplateError(Self.unsupported.contains(word) ? .unsupported(word) : .unknownWord(word), at: start)
        }
        return .literal(Array(word.utf8))
    }

    private mutating func parenthesis() throws(TemplateError) -> TemplateText.Expression {
        let start = at
        depth += 1
        guard depth <= TemplateText.nestingMax else { throw TemplateError(.tooDeep, at: start) }
        at += 1
        let inner = try call()
        skipBlanks()
        guard isNext(")") else { throw TemplateError(.unclosedParenthesis, at: start) }
        at += 1
        depth -= 1
        return inner
    }

    private func field(_ word: String, at start: Int) throws(TemplateError) -> TemplateText.Expression {
        switch word {
        case ".Name": return .name
        case ".Zone": return .zone
        case ".Type": return .type
        case ".Class": return .qclass
        case ".Remote": return .remote
        case ".Match": return .match
        case ".Question.Name": return .questionName
        case ".Question.Qtype": return .questionType
        case ".Question.Qclass": return .questionClass
        case ".Message.Id": return .messageID
        case ".Meta": throw TemplateError(.metadata, at: start)
        case ".Group", ".Group.": throw TemplateError(.wholeGroup, at: start)
        default: break
        }
        if word.hasPrefix(".Var") { throw TemplateError(.variable, at: start) }
        guard word.hasPrefix(".Group."), !word.dropFirst(7).contains(".") else {
            throw TemplateError(.unknownField(word), at: start)
        }
        return .group(.name(String(word.dropFirst(7))))
    }

    /// The text between two quotes; inside double ones `\"` and `\\` are escapes.
    private mutating func quoted() throws(TemplateError) -> [UInt8] {
        let start = at
        let quote = scalars[at]
        var text: [Unicode.Scalar] = []
        at += 1
        while at < scalars.count, scalars[at] != quote {
            if quote == "\"", scalars[at] == "\\", at + 1 < scalars.count { at += 1 }
            text.append(scalars[at])
            at += 1
        }
        guard at < scalars.count else { throw TemplateError(.unclosedQuote, at: start) }
        at += 1
        return Self.octets(text[...])
    }

    /// The letters, digits, dots and underscores that stand here, or one other character; nothing is taken.
    private func word() -> String {
        var word = String.UnicodeScalarView()
        var end = at
        while end < scalars.count,
            scalars[end].properties.isAlphabetic || "0123456789._".unicodeScalars.contains(scalars[end])
        {
            word.append(scalars[end])
            end += 1
        }
        if word.isEmpty, at < scalars.count { word.append(scalars[at]) }
        return String(word)
    }

    private mutating func skipBlanks() {
        while at < scalars.count, Self.blanks.contains(scalars[at]) { at += 1 }
    }

    private func isNext(_ text: String) -> Bool {
        at <= scalars.count && scalars[at...].starts(with: text.unicodeScalars)
    }

    private static func octets(_ scalars: ArraySlice<Unicode.Scalar>) -> [UInt8] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Array(String(text).utf8)
    }
}
