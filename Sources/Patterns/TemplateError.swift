/// Why a template was refused, and where.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case unclosedAction, emptyAction, unclosedQuote, unclosedParenthesis, tooDeep
        case metadata, variable
        case wholeGroup
        case unknownWord(String)
        case unknownField(String)
        case unsupported(String)
        case badArguments(String)
    }

    package var reason: Reason
    /// Characters before the place, counted from 0.
    package var offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// One sentence without its full stop: the place, what stands there, and what to write instead.
    package var description: String { "at character \(offset + 1), \(words)" }

    private static let known = ".Name, .Type, .Class, .Zone, .Remote, .Match, .Group.NAME, index or parseInt"

    private var words: String {
        switch reason {
        case .unclosedAction: "\"{{\" is never closed; add \"}}\""
        case .emptyAction: "nothing stands between \"{{\" and \"}}\"; expected \(Self.known)"
        case .unclosedQuote: "the quote is never closed; add its end"
        case .unclosedParenthesis: "the parenthesis is never closed; add \")\""
        case .tooDeep: "more than \(TemplateText.nestingMax) parentheses are open; make it flatter"
        case .metadata:
            "\".Meta\" needs the directive metadata, which is not part of this version; use .Name or .Remote"
        case .variable: "variables and \".Var\" are not part of this version; write the expression where it is used"
        case .wholeGroup: "\".Group\" alone has no text; name a group as in .Group.a"
        case .unknownWord(let word): "\"\(word)\" is unknown; expected \(Self.known)"
        case .unknownField(let field): "\"\(field)\" is no field of a query; expected \(Self.known)"
        case .unsupported(let word): "\"\(word)\" is not part of this version; write one template for each case"
        case .badArguments(let word): "\"\(word)\" is called otherwise; expected \(Self.call(word))"
        }
    }

    private static func call(_ word: String) -> String {
        word == "index"
            ? "index .Match 1 or index .Group \"a\"" : "parseInt TEXT BASE BITS, as in parseInt .Group.a 16 8"
    }
}

/// Why a template could not be filled in for a query: a text was no number.
package struct TemplateFailure: Error, Hashable, Sendable {}
