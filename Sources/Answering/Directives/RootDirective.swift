import Corefile

/// `root DIRECTORY`: where relative paths of the other directives start.
enum RootDirective: Setting {
    static let directive = "root"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectOptions()
        scope.settings.root = ""
        scope.settings.root = scope.path(try directive.onlyArgument().text)
    }
}
