import Corefile
import DNSWire
import Patterns

/// One `rewrite` line.
struct RewriteRule: Sendable {
    enum Action: Sendable {
        case name(NameRewrite, AnswerRules)
        case type(RRType, RRType)
        case qclass(RRClass, RRClass)
        /// Every TTL is put into the range.
        case ttl(NameMatch, ClosedRange<UInt32>)
        case rcode(NameMatch, RCODE, RCODE)
        /// The target of a CNAME, and what follows it.
        case cname(NameRewrite)
        /// Options of what is asked of upstreams.
        case edns(EDNSRewrite)
    }

    /// What a `name` line does to the response.
    struct AnswerRules: Sendable {
        enum Rule: Sendable {
            /// Owner names that match become this.
            case owner(Pattern, GroupText)
            /// Names in RDATA that match become this.
            case value(Pattern, GroupText)
        }

        var rules: [Rule] = []
        /// Undoes the change of the question wherever its name stands.
        var isAuto = false
    }

    var action: Action
    /// Whether the lines behind are looked at too, once this one has matched.
    var continues: Bool
}

/// All `rewrite` lines of a server block, in their order.
struct RewriteRules: Sendable {
    /// Lines that may match one query; those behind are not looked at.
    static let matchCountMax = 32

    var rules: [RewriteRule]

    /// Whether any line is for this question; allocates for patterns only.
    func match(_ query: borrowing Query) -> Bool {
        let symbols = NameSymbols(query.name)
        for index in rules.indices where rules[index].action.matches(query, symbols) { return true }
        return false
    }
}

extension RewriteRule.Action {
    func matches(_ query: borrowing Query, _ symbols: borrowing NameSymbols) -> Bool {
        switch self {
        case .name(let rewrite, _): rewrite.match.matches(query.name, symbols)
        case .type(let from, _): query.qtype == from
        case .qclass(let from, _): query.qclass == from
        case .ttl(let match, _), .rcode(let match, _, _): match.matches(query.name, symbols)
        case .cname: true
        case .edns(let rewrite): rewrite.matches(query)
        }
    }
}
