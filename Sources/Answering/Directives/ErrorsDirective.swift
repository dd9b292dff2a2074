package import Corefile
package import Patterns

/// Errors that match are counted and said once an interval instead of one by one.
package struct ErrorRule: Hashable, Sendable {
    package enum Level: String, Hashable, Sendable, CaseIterable { case warning, error, info, debug }

    package var interval: Duration
    package var pattern: Pattern
    package var level: Level
    package var position: SourcePosition
}

/// `errors [{ consolidate DURATION REGEX [LEVEL]; stacktrace }]`: a log line for each query the server failed to answer.
enum ErrorsDirective: Setting {
    static let directive = "errors"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...1)
        if let output = directive.arguments.first, output.text != "stdout" {
            throw output.refused("is not where errors can go; only \"stdout\" is, leave the argument out")
        }
        scope.settings.logsErrors = true
        for option in directive.options {
            switch option.name.text {
            case "consolidate": scope.settings.errorRules.append(try rule(option))
            case "stacktrace":
                try option.rejectArguments()
                scope.warnings.append(
                    option.refused("adds nothing here: an error is an answer that was chosen, and has no stack"))
            default: throw option.unknownOption(of: directive, known: ["consolidate", "stacktrace"])
            }
        }
    }

    private static func rule(_ option: Directive) throws(CorefileError) -> ErrorRule {
        try option.requireArgumentCount(2...3)
        let pattern = try option.arguments[1].pattern()
        let level =
            option.arguments.count == 3 ? try option.arguments[2].choice("level", of: ErrorRule.Level.self) : .error
        return ErrorRule(
            interval: try option.arguments[0].duration(), pattern: pattern, level: level,
            position: option.name.position)
    }
}
