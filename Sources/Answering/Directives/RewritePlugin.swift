package import Corefile
package import DNSWire

/// `rewrite [continue|stop] FIELD …`: asks the rest of the chain for something else than the client asked.
///
///     name [exact|prefix|suffix|substring|regex] FROM TO [answer auto] [answer name FROM TO] [answer value FROM TO]
///     edns0 local|nsid|subnet set|append|replace|unset …
///     type FROM TO · class FROM TO · ttl [KIND] NAME SECONDS|MIN-MAX · rcode [KIND] NAME FROM TO · cname [KIND] FROM TO
///
/// The words may stand in a block instead of the line. All lines of a block are looked at in their order, up to the first
/// that matches without `continue`. The client sees its own question, and answers to it. A name that becomes none is
/// SERVFAIL. Allocates for patterns, for `answer` rules and for `cname`; other lines do not.
package final class RewritePlugin: Plugin {
    package static let directive = "rewrite"
    package static let joinsLines = true

    private let rules: RewriteRules

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var reader = try RewriteReader(directive)
        scope.rewrites.append(try reader.rule())
        rules = RewriteRules(rules: scope.rewrites)
    }

    /// The classes other than IN that a line changes.
    var classes: [RRClass] {
        rules.rules.compactMap { if case .qclass(let from, _) = $0.action { from } else { nil } }
            .filter { $0 != .internet }
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        rules.match(query) ? .interposes(place: turn.place) : .pass
    }

    package func interpose(
        on answerer: inout Answerer, _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE? {
        var asked = FoldedName()
        asked.set(answerer.query.name, fromLabel: 0)
        let (type, qclass) = (answerer.query.qtype, answerer.query.qclass)
        answerer.isQuestionChanged = true
        let scene = EDNSRewrite.Scene(client: answerer.client, listen: answerer.listen)
        let trace = rules.apply(to: &answerer.query, scene)
        let rcode: RCODE?
        if trace.isInvalid {
            response.extendedError = ExtendedError(ExtendedError.Code.other, "rewrite makes no valid name of this one")
            rcode = .servFail
        } else if answerer.query.qclass != .internet {
            rcode = .refused
        } else if trace.isOneWay {
            rcode = answerer.resolve(route, from: place + 1, &response)
        } else {
            rcode = answer(trace, asked, on: &answerer, route, place, &response)
        }
        answerer.query.name.set(asked, fromLabel: 0)
        (answerer.query.qtype, answerer.query.qclass) = (type, qclass)
        if !answerer.query.upstreamOptions.isEmpty { answerer.query.upstreamOptions = [] }
        return rcode
    }

    private func answer(
        _ trace: RewriteTrace, _ asked: borrowing FoldedName, on answerer: inout Answerer,
        _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE? {
        guard let inner = answerer.resolveInner(route, from: place + 1, rotation: response.rotation) else { return nil }
        var rcode = inner.rcode
        let mark = response.mark
        var isWritten = false
        if !rules.needsMessage(trace, inner) {
            // Names are written out: where that is too long, they are compressed instead.
            isWritten = answerer.adopt(inner, into: &response) { rules.ttl($0, trace) }
        }
        if !isWritten {
            response.rewind(to: mark)
            (response.flags, response.extendedError) = (response.flags | inner.flags, inner.extendedError)
            guard var message = inner.message() else {
                answerer.giveBack(inner)
                return .servFail
            }
            guard followAliases(trace, in: &message, on: &answerer, response.rotation) else {
                answerer.giveBack(inner)
                return nil
            }
            rcode = message.rcode
            let rewritten = message.questions.first?.name ?? .root
            rules.undo(trace, asked: asked.name, rewritten: rewritten, in: &message)
            response.append(message, asked: asked.name)
        }
        answerer.giveBack(inner)
        // Nobody has vouched for an answer to another question.
        if trace.changesQuestion { response.flags &= ~Query.Flag.authenticData }
        return rules.rcode(rcode, trace)
    }

    /// Puts another target into the CNAMEs that `cname` lines are for, and what it leads to behind them.
    ///
    /// False where something must be asked first.
    private func followAliases(
        _ trace: RewriteTrace, in message: inout DNSMessage, on answerer: inout Answerer, _ rotation: UInt32?
    ) -> Bool {
        for rewrite in rules.aliasRewrites(trace) {
            guard let (index, target) = rewrite.firstAlias(in: message.answer) else { continue }
            message.answer[index].value = target
            guard message.questions.first?.type != .cname else { continue }
            message.answer.removeSubrange((index + 1)...)
            (message.authority, message.additional) = ([], [])
            answerer.query.name.set(target)
            guard let route = answerer.route() else { continue }
            guard let inner = answerer.resolveInner(route, from: 0, rotation: rotation) else { return false }
            if let end = inner.message(), end.rcode == .noError || end.rcode == .nxDomain {
                message.answer += end.answer
                (message.authority, message.rcode) = (end.authority, end.rcode)
            }
            answerer.giveBack(inner)
        }
        return true
    }
}
