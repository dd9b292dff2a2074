import Corefile

/// `minimal`: an answer goes without the records of its authority and additional sections; denials are as ever.
enum MinimalDirective: Setting {
    static let directive = "minimal"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectArguments()
        try directive.rejectOptions()
        scope.settings.response.isMinimal = true
    }
}
