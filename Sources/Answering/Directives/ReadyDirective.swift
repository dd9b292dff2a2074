import Corefile

/// `ready [ADDRESS:PORT] [{ monitor until-first-ready|continuously }]`: an HTTP page `/ready`, 200 once every registry
/// is complete; `:8181`.
///
/// Both modes of `monitor` mean the same here: a registry that was complete once stays so.
enum ReadyDirective: Setting {
    static let directive = "ready"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...1)
        for option in directive.options {
            guard option.name.text == "monitor" else { throw option.unknownOption(of: directive, known: ["monitor"]) }
            let mode = try option.onlyArgument()
            guard ["until-first-ready", "continuously"].contains(mode.text) else {
                throw mode.unknown("mode of \"monitor\"", known: ["until-first-ready", "continuously"])
            }
            guard mode.text == "continuously" else { continue }
            scope.warnings.append(
                mode.refused("does as \"until-first-ready\" does: a registry that was complete once stays so"))
        }
        let fallback = HostAndPort(host: .any, port: 8181)
        scope.settings.ready = try directive.arguments.first?.addressAndPort(defaultPort: 8181) ?? fallback
    }
}
