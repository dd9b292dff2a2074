import Corefile
import DNSWire

/// What directives with zones have in common.
enum ZoneSetOptions {
    /// The zones among the arguments, those of the block where there are none; each once.
    static func zones(
        _ arguments: ArraySlice<Token>, of directive: Directive, in scope: BlockScope
    ) throws(CorefileError) -> [Name] {
        var names: [Name] = []
        for zone in try arguments.zones(default: scope.zones) {
            let name = try scope.name(zone, at: directive.name)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
