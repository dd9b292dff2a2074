import Corefile

/// `loadbalance [round_robin]`: every answer starts its A and AAAA records at another one.
enum LoadbalanceDirective: Setting {
    static let directive = "loadbalance"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...1)
        try directive.rejectOptions()
        if let policy = directive.arguments.first, policy.text != "round_robin" {
            throw policy.unknown("policy of \"loadbalance\"", known: ["round_robin"])
        }
        scope.settings.rotatesAddresses = true
    }
}
