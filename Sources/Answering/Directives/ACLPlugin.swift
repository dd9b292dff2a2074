package import Corefile
package import DNSWire
import NetworkAddress

/// `acl [ZONE…] { allow|block|filter|drop [type QTYPE…] [net SOURCE…] }`: whose questions go on, and for what.
///
///     allow     the question goes on
///     block     REFUSED, with the reason Blocked (RFC 8914)
///     filter    NOERROR without records, with the reason Filtered
///     drop      no response, over TCP neither
///
/// SOURCE is an address or range of clients, QTYPE a type; `*` and leaving them out mean all. The first line that fits
/// decides; where none does the next `acl` of the block is asked, and at last the question goes on. ZONE is any name unless
/// given. Names are judged as `rewrite` and `autopath` have left them; an IPv4-mapped client counts as IPv4.
package final class ACLPlugin: Plugin {
    package static let directive = "acl"

    package static let joinsLines = true

    private static let blocked = ExtendedError(ExtendedError.Code.blocked)
    private static let filtered = ExtendedError(ExtendedError.Code.filtered)

    private let lists: [AccessList]

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        scope.accessLists.append(try AccessList(directive, scope))
        lists = scope.accessLists
        if directive.options.isEmpty {
            scope.warnings.append(directive.refused("has no rules, so every question goes on"))
        }
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        switch action(query, turn.client.address.unmapped) {
        case .allow: return .passed(.allowed, place: turn.place)
        case .block:
            response.extendedError = Self.blocked
            return .answeredAs(.blocked, .refused)
        case .filter:
            response.extendedError = Self.filtered
            return .answeredAs(.filtered, .noError)
        case .drop: return .dropped
        }
    }

    private func action(_ query: borrowing Query, _ client: IPAddress) -> AccessList.Action {
        for index in lists.indices {
            if let action = lists[index].action(query, client) { return action }
        }
        return .allow
    }
}

/// The lines of one `acl`.
struct AccessList: Sendable {
    enum Action: String, Sendable, CaseIterable { case allow, block, filter, drop }

    private struct Rule: Sendable {
        var action: Action
        /// nil: all.
        var types: Set<RRType>?
        var sources = AddressSet.all
    }

    /// What the parts of a rule start with.
    private static let keywords = ["type", "net"]

    private var rules: [Rule] = []
    /// Empty: every name.
    private var zones: [NameSuffix] = []

    init(_ directive: Directive, _ scope: BlockScope) throws(CorefileError) {
        for zone in try directive.arguments.zones(default: []) {
            zones.append(NameSuffix(try scope.name(zone, at: directive.name)))
        }
        for option in directive.options { rules.append(try Self.rule(option)) }
    }

    private static func rule(_ option: Directive) throws(CorefileError) -> Rule {
        try option.rejectOptions()
        guard let action = Action(rawValue: option.name.text.lowercased()) else {
            throw option.name.unknown("action", known: Action.allCases.map(\.rawValue))
        }
        var rule = Rule(action: action)
        var words = option.arguments[...]
        while let keyword = words.popFirst() {
            let values = words.prefix { !keywords.contains($0.text.lowercased()) }
            words = words.dropFirst(values.count)
            guard keywords.contains(keyword.text.lowercased()) else {
                throw keyword.unknown("part of a rule", known: keywords)
            }
            guard !values.isEmpty else {
                throw keyword.refused("has nothing behind it; write values, or \"*\" for all")
            }
            if keyword.text.lowercased() == "type" {
                rule.types = try types(values)
            } else {
                rule.sources = try sources(values)
            }
        }
        return rule
    }

    private static func types(_ words: ArraySlice<Token>) throws(CorefileError) -> Set<RRType>? {
        var types: Set<RRType> = []
        for word in words where word.text != "*" {
            guard let type = RRType(mnemonic: word.text) else {
                throw word.refused("is no type; expected for example A, AAAA, TYPE65280, or \"*\" for all")
            }
            types.insert(type)
        }
        return words.contains { $0.text == "*" } ? nil : types
    }

    private static func sources(_ words: ArraySlice<Token>) throws(CorefileError) -> AddressSet {
        var prefixes: [AddressPrefix] = []
        for word in words where word.text != "*" { prefixes.append(try word.prefix().unmapped) }
        return words.contains { $0.text == "*" } ? .all : AddressSet(prefixes)
    }

    /// What the first rule that fits says; nil where none does.
    func action(_ query: borrowing Query, _ client: IPAddress) -> Action? {
        guard isResponsible(for: query) else { return nil }
        for index in rules.indices {
            if let types = rules[index].types, !types.contains(query.qtype) { continue }
            if rules[index].sources.contains(client) { return rules[index].action }
        }
        return nil
    }

    private func isResponsible(for query: borrowing Query) -> Bool {
        for index in zones.indices where zones[index].covers(query.name) { return true }
        return zones.isEmpty
    }
}
