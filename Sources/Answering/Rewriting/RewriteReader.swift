import Corefile
import DNSWire
import Patterns

/// Reads one `rewrite` line, or the words of its block one behind the other.
struct RewriteReader {
    private static let fields = ["name", "type", "class", "ttl", "rcode", "cname", "edns0"]

    private let directive: Directive
    private var words: ArraySlice<Token>

    init(_ directive: Directive) throws(CorefileError) {
        self.directive = directive
        // As in CoreDNS, a block goes on where at most one word stands on the line.
        if directive.arguments.count > 1 { try directive.rejectOptions() }
        words = (directive.arguments + directive.options.flatMap(Self.words))[...]
    }

    private static func words(of line: Directive) -> [Token] {
        [line.name] + line.arguments + line.options.flatMap(words)
    }

    mutating func rule() throws(CorefileError) -> RewriteRule {
        var continues = false
        if let first = words.first?.text.lowercased(), first == "continue" || first == "stop" {
            continues = first == "continue"
            words.removeFirst()
        }
        let field = try next("a field as in \"rewrite name FROM TO\"")
        let action: RewriteRule.Action =
            switch field.text.lowercased() {
            case "name": try name()
            case "type": .type(try type(), try type())
            case "class": .qclass(try qclass(), try qclass())
            case "ttl": .ttl(try match(following: 1), try ttl())
            case "rcode": .rcode(try match(following: 2), try next("an RCODE").rcode(), try next("an RCODE").rcode())
            case "cname": .cname(try rewrite())
            case "edns0": .edns(try edns())
            case "answer": throw field.refused("has no name before it; write a \"name\" rule first")
            default: throw field.unknown("field of \"rewrite\"", known: Self.fields)
            }
        if let extra = words.first { throw extra.refused("is one word too many; remove it") }
        return RewriteRule(action: action, continues: continues)
    }

    private mutating func next(_ what: String) throws(CorefileError) -> Token {
        guard let word = words.popFirst() else { throw directive.refused("ends too early; expected \(what)") }
        return word
    }

    /// The kind of match, `exact` where just `count` words and FROM are left.
    private mutating func kind(following count: Int) throws(CorefileError) -> NameMatch.Kind {
        guard words.count > count + 1, let word = words.popFirst() else { return .exact }
        guard let kind = NameMatch.Kind(rawValue: word.text.lowercased()) else {
            throw word.unknown("kind of match", known: NameMatch.Kind.allCases.map(\.rawValue))
        }
        return kind
    }

    private mutating func match(following count: Int) throws(CorefileError) -> NameMatch {
        let kind = try kind(following: count)
        return try NameMatch(kind, try next("a name"))
    }

    private mutating func rewrite() throws(CorefileError) -> NameRewrite {
        let kind = try kind(following: 1)
        return try NameRewrite(kind, try next("a name"), try next("the name to put in its place"))
    }

    private mutating func name() throws(CorefileError) -> RewriteRule.Action {
        let rewrite = try rewrite()
        var answers = RewriteRule.AnswerRules()
        // The names of an exact line are undone without a word.
        answers.isAuto = rewrite.names != nil
        var isAutoWritten: Token?
        while let word = words.first {
            if word.text == "answer" {
                words.removeFirst()
            } else if answers.rules.isEmpty && isAutoWritten == nil {
                throw word.refused(
                    "is one word too many; expected \"answer auto\", \"answer name\" or \"answer value\"")
            }
            try answer(into: &answers, &isAutoWritten)
        }
        if let auto = isAutoWritten, answers.rules.contains(where: \.isOwner) {
            throw auto.refused("undoes names already; leave \"answer auto\" or \"answer name\" out")
        }
        return .name(rewrite, answers)
    }

    private mutating func answer(
        into answers: inout RewriteRule.AnswerRules, _ auto: inout Token?
    ) throws(CorefileError) {
        let kind = try next("\"auto\", \"name\" or \"value\"")
        // CoreDNS' documentation has "answer name auto" too.
        let isAuto =
            kind.text == "name" && words.first?.text == "auto"
            && (words.dropFirst().first?.text ?? "answer") == "answer"
        if isAuto { words.removeFirst() }
        switch isAuto ? "auto" : kind.text {
        case "auto": (answers.isAuto, auto) = (true, kind)
        case "name":
            let pattern = try next("a pattern").pattern()
            answers.rules.append(.owner(pattern, try GroupText(try next("the name to put in its place"), of: pattern)))
        case "value":
            let pattern = try next("a pattern").pattern()
            answers.rules.append(.value(pattern, try GroupText(try next("the name to put in its place"), of: pattern)))
        default: throw kind.unknown("kind of answer rule", known: ["auto", "name", "value"])
        }
    }

    /// `local ACTION CODE DATA`, `nsid ACTION` or `subnet ACTION BITS4 BITS6`; `unset` has no data.
    ///
    /// `revert` at the end says what is so anyway: no option of an upstream's answer reaches a client.
    private mutating func edns() throws(CorefileError) -> EDNSRewrite {
        let kind = try next("local, nsid or subnet")
        let action = try next("set, append, replace or unset").choice("action", of: EDNSRewrite.Action.self)
        let code = kind.text == "local" ? try next("the code of an option").optionCode() : 0
        let isUnset = action == .unset
        let option: EDNSRewrite.Option =
            switch kind.text {
            case "local": .local(code, isUnset ? .octets([]) : try next("the data of an option").optionData())
            case "nsid": .nsid
            case "subnet" where isUnset: .subnet(ipv4: 0, ipv6: 0)
            case "subnet":
                .subnet(
                    ipv4: try next("the bits of an IPv4 address").integer(in: 0...32),
                    ipv6: try next("the bits of an IPv6 address").integer(in: 0...128))
            default: throw kind.unknown("kind of option", known: ["local", "nsid", "subnet"])
            }
        if words.first?.text == "revert", !isUnset { words.removeFirst() }
        return EDNSRewrite(action: action, option: option)
    }

    private mutating func type() throws(CorefileError) -> RRType { try next("a type as in \"ANY\"").recordType() }

    private mutating func qclass() throws(CorefileError) -> RRClass { try next("a class as in \"IN\"").recordClass() }

    /// `SECONDS`, `MIN-MAX`, `MIN-` or `-MAX`.
    private mutating func ttl() throws(CorefileError) -> ClosedRange<UInt32> {
        let word = try next("seconds as in \"30\" or \"30-300\"")
        let refusal = word.refused("is no TTL; expected seconds, or a range as in \"30-300\", \"30-\" or \"-300\"")
        let parts = word.text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { throw refusal }
        let most = UInt32(Int32.max)
        let bounds = parts.map { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt32($0) : nil }
        guard zip(parts, bounds).allSatisfy({ $0.isEmpty || $1 != nil }) else { throw refusal }
        let low = bounds[0] ?? 0
        let high = parts.count == 1 ? low : bounds[1] ?? most
        guard low <= high, high <= most else { throw refusal }
        return low...high
    }
}

extension RewriteRule.AnswerRules.Rule {
    fileprivate var isOwner: Bool { if case .owner = self { true } else { false } }
}
