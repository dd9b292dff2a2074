import Corefile
import DNSWire

/// `header { [response] set|clear aa|ra|rd… ; query set rd }`: flags that every response has, or has not.
///
/// Lines count in their order, the last one most. A line that names neither `response` nor `query` means responses.
/// Upstreams are always asked for recursion, and AA and RA of a query mean nothing: lines about queries change nothing,
/// and `query clear rd` is refused.
enum HeaderDirective: Setting {
    static let directive = "header"

    private static let flags = [
        "aa": Query.Flag.authoritative, "ra": Query.Flag.recursionAvailable, "rd": Query.Flag.recursionDesired,
    ]

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectArguments()
        guard !directive.options.isEmpty else {
            throw directive.refused("sets no flag; write for example \"response set ra\" between \"{\" and \"}\"")
        }
        for option in directive.options { try read(option, of: directive, into: &scope) }
    }

    private static func read(
        _ option: Directive, of directive: Directive, into scope: inout BlockScope
    ) throws(CorefileError) {
        try option.rejectOptions()
        var words = ([option.name] + option.arguments)[...]
        let selector = option.name.text.lowercased()
        switch selector {
        case "response", "query": words = words.dropFirst()
        case "set", "clear":
            scope.warnings.append(option.refused("is taken to mean responses; write \"response \(selector)\""))
        default: throw option.unknownOption(of: directive, known: ["response", "query"])
        }
        guard let action = words.first, words.count > 1 else {
            throw option.refused("takes \"set\" or \"clear\" and flags, for example \"response set ra\"")
        }
        let sets = try isSetting(action)
        for word in words.dropFirst() {
            guard let flag = flags[word.text.lowercased()] else {
                throw word.unknown("flag", known: ["aa", "ra", "rd"])
            }
            if selector == "query" {
                try judge(query: word, flag, sets, &scope.warnings)
            } else {
                scope.settings.response.force(flag, sets)
            }
        }
    }

    private static func isSetting(_ action: Token) throws(CorefileError) -> Bool {
        switch action.text.lowercased() {
        case "set": return true
        case "clear": return false
        default: throw action.unknown("action", known: ["set", "clear"])
        }
    }

    private static func judge(
        query word: Token, _ flag: UInt16, _ sets: Bool, _ warnings: inout [CorefileError]
    ) throws(CorefileError) {
        guard flag == Query.Flag.recursionDesired else {
            return warnings.append(word.refused("has no meaning in a query; it does nothing here"))
        }
        guard sets else {
            throw word.refused(
                "cannot be cleared in queries: upstreams are always asked for recursion; take the line out")
        }
        warnings.append(word.refused("is set in every question to an upstream anyway; the line does nothing here"))
    }
}

extension ResponseSettings {
    fileprivate mutating func force(_ flag: UInt16, _ isSet: Bool) {
        setFlags = isSet ? setFlags | flag : setFlags & ~flag
        clearedFlags = isSet ? clearedFlags & ~flag : clearedFlags | flag
    }
}
