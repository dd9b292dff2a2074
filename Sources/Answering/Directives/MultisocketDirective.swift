import Corefile

/// `multisocket [N]`: how many sockets, each with a worker, answer over UDP at each address of the block: 1 to 1024.
///
/// Without it, and without a number, there are as many as the process has cores. Where blocks at one address differ,
/// the largest number counts.
enum MultisocketDirective: Setting {
    static let directive = "multisocket"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(0...1)
        try directive.rejectOptions()
        scope.settings.socketCount = try directive.arguments.first?.integer(in: 1...1024)
    }
}
