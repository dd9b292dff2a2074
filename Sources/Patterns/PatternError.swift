/// Why a regular expression was refused, and where.
package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case unclosedGroup, unopenedGroup, unknownGroup, unknownFlag, badGroupName
        case doubledGroupName(String)
        case unclosedClass, badRange, unknownClass, classBeyondASCII
        case nothingToRepeat, doubledRepetition, badRepetitionCount
        case trailingBackslash, unknownEscape, badCharacterCode, unicodeClass
        case backreference, lookaround, atomicGroup
        case tooLong, tooDeep, tooLarge
    }

    package var reason: Reason
    /// Characters before the place, counted from 0.
    package var offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// One sentence without its full stop: the place, what stands there, and what to write instead.
    package var description: String { "at character \(offset + 1), \(reason.words)" }
}

extension PatternError.Reason {
    fileprivate var words: String {
        switch self {
        case .unclosedGroup: "\"(\" is never closed; add \")\""
        case .unopenedGroup: "\")\" closes nothing; write \"\\)\" for the character"
        case .unknownGroup: "\"(?\" starts no known group; expected \"(?:\", \"(?P<name>\" or flags as in \"(?i)\""
        case .unknownFlag: "there is no such flag; expected i, m, s or U"
        case .badGroupName: "a group's name has letters, digits and \"_\" alone, between \"<\" and \">\""
        case .doubledGroupName(let name): "a second group has the name \"\(name)\"; rename one"
        case .unclosedClass: "\"[\" is never closed; add \"]\""
        case .badRange: "the range runs backward; put the lower character first"
        case .unknownClass: "there is no such class; expected for example [[:alpha:]] or [[:digit:]]"
        case .classBeyondASCII: "a class holds a character outside of ASCII; write alternatives as in (?:a|ä)"
        case .nothingToRepeat: "nothing stands before the repetition; write a backslash before it for the character"
        case .doubledRepetition: "a repetition follows a repetition; put the first into \"(?:…)\""
        case .badRepetitionCount: Self.repetitionWords
        case .trailingBackslash: "the pattern ends in a backslash; write \"\\\\\" for the character"
        case .unknownEscape: "this letter means nothing behind a backslash; leave the backslash out"
        case .badCharacterCode: "expected the number of a character as in \\x7F or \\x{7F}"
        case .unicodeClass: "classes of Unicode are not known, names being octets; write [a-z] or [[:alpha:]]"
        case .backreference: "a reference back to a group cannot be matched in linear time; repeat the group's pattern"
        case .lookaround: "looking ahead or behind cannot be matched in linear time; match the whole text instead"
        case .atomicGroup: "atomic groups and conditions are not known; write a group as \"(?:…)\""
        case .tooLong, .tooDeep, .tooLarge: limitWords
        }
    }

    private static var repetitionWords: String {
        "a repetition counts from low to high, and to \(PatternLimits.repetitionCountMax) at most, repetitions of it included"
    }

    private var limitWords: String {
        switch self {
        case .tooLong:
            "the pattern passes \(PatternLimits.patternCharacterCountMax) characters; split it into several"
        case .tooDeep: "more than \(PatternLimits.nestingMax) parentheses are open; make it flatter"
        default:
            "the pattern passes \(PatternLimits.instructionCountMax) steps; use lower counts or split it into several"
        }
    }
}
