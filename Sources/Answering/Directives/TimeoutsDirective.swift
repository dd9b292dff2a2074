import Corefile

/// How long connections over TCP and TLS may take; nil leaves what the server has.
package struct TimeoutSettings: Hashable, Sendable {
    /// For a message, from the moment the client owes octets of it.
    package var read: Duration?
    /// For a client to take the next octets of its answers.
    package var write: Duration?
    /// Between messages.
    package var idle: Duration?

    package init(read: Duration? = nil, write: Duration? = nil, idle: Duration? = nil) {
        self.read = read
        self.write = write
        self.idle = idle
    }

    /// What `other` says, and this where it is silent.
    func overridden(by other: TimeoutSettings) -> TimeoutSettings {
        TimeoutSettings(read: other.read ?? read, write: other.write ?? write, idle: other.idle ?? idle)
    }
}

/// `timeouts { read DURATION; write DURATION; idle DURATION }`: limits of connections over TCP and TLS, 1s to 24h each.
///
/// A number without a unit is seconds. Where blocks at one address differ, the last that names a timeout decides.
enum TimeoutsDirective: Setting {
    static let directive = "timeouts"

    private static let range = Duration.seconds(1)...Duration.seconds(24 * 3600)

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectArguments()
        guard !directive.options.isEmpty else {
            throw directive.refused("names no timeout; expected \"read\", \"write\" or \"idle\" between its braces")
        }
        var settings = scope.settings.timeouts
        for option in directive.options {
            let known = ["read", "write", "idle"]
            guard known.contains(option.name.text) else { throw option.unknownOption(of: directive, known: known) }
            let value = try option.onlyArgument()
            let duration = try value.duration(bareNumber: .seconds)
            guard range.contains(duration) else { throw value.refused("is out of range; expected 1s to 24h") }
            switch option.name.text {
            case "read": settings.read = duration
            case "write": settings.write = duration
            default: settings.idle = duration
            }
        }
        scope.settings.timeouts = settings
    }
}
