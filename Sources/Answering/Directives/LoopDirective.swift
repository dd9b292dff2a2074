package import Corefile
package import DNSWire

/// `loop`: finds out whether an upstream sends questions back to this server; that upstream is then not asked.
///
/// Each upstream of the block's `forward` is asked for a random name at the start, and whenever the upstreams change. A
/// name that comes back names the loop; the log says how to end it, and everything else goes on.
package final class LoopPlugin: Plugin {
    package static let directive = "loop"

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectArguments()
        try directive.rejectOptions()
        scope.settings.detectsLoops = true
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard query.qtype == .hinfo else { return .pass }
        // A block may forward to a group of another block through several servers, so all of them look.
        for group in turn.state.forwards where group.loops.notice(query) { return .answered(.refused) }
        return .pass
    }
}
