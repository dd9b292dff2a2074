import Corefile

/// `prometheus [ADDRESS:PORT]`: an HTTP page `/metrics`; `localhost:9153`.
enum PrometheusDirective: Setting {
    static let directive = "prometheus"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...1)
        try directive.rejectOptions()
        let fallback = HostAndPort(host: .name("localhost"), port: 9153)
        scope.settings.prometheus = try directive.arguments.first?.addressAndPort(defaultPort: 9153) ?? fallback
    }
}
