import Corefile

/// `bufsize [SIZE]`: the largest UDP response, 512-4096 octets; 1232 without an argument.
enum BufsizeDirective: Setting {
    static let directive = "bufsize"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...1)
        try directive.rejectOptions()
        scope.settings.bufsize = try directive.arguments.first?.integer(in: 512...4096) ?? 1232
    }
}
