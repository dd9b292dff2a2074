package import Corefile

package struct HealthSettings: Hashable, Sendable {
    package var address: HostAndPort
    /// How long answers go on after SIGTERM, while /ready already says 503.
    package var lameduck: Duration
}

/// `health [ADDRESS:PORT] { lameduck DURATION }`: an HTTP page `/health` that says OK while the process lives; `:8080`.
enum HealthDirective: Setting {
    static let directive = "health"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...1)
        var settings = HealthSettings(address: HostAndPort(host: .any, port: 8080), lameduck: .zero)
        if let address = directive.arguments.first { settings.address = try address.addressAndPort(defaultPort: 8080) }
        for option in directive.options {
            guard option.name.text == "lameduck" else { throw option.unknownOption(of: directive, known: ["lameduck"]) }
            settings.lameduck = try option.onlyArgument().duration()
        }
        scope.settings.health = settings
    }
}
