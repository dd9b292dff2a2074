import Corefile

package struct ReloadSettings: Hashable, Sendable {
    package var interval: Duration
    /// A random share of this is taken off the first wait, so that a fleet does not reload as one.
    package var jitter: Duration
}

/// `reload [INTERVAL] [JITTER]`: read the Corefile again when it changes; 30s and 15s, at least 2s and 1s; `reload 0s` never.
enum ReloadDirective: Setting {
    static let directive = "reload"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...2)
        try directive.rejectOptions()
        var settings = ReloadSettings(interval: .seconds(30), jitter: .seconds(15))
        if let interval = directive.arguments.first {
            settings.interval = try interval.duration()
            if settings.interval == .zero {
                scope.settings.reload = nil
                return
            }
            if settings.interval < .seconds(2) {
                scope.warnings.append(interval.refused("is too often; the file is looked at every 2 seconds"))
                settings.interval = .seconds(2)
            }
            settings.jitter = settings.interval / 2
        }
        if directive.arguments.count == 2 { settings.jitter = max(try directive.arguments[1].duration(), .seconds(1)) }
        settings.jitter = min(settings.jitter, settings.interval / 2)
        scope.settings.reload = settings
    }
}
