package import Corefile
package import DNSWire

/// Whether a plugin has dealt with a query, and how; no RCODE has a second meaning.
package enum Disposition: Sendable {
    /// Nothing was written: the next plugin of the chain is asked.
    case pass
    /// The response's sections are written.
    case answered(RCODE)
    /// A CNAME is written; the name at this offset in the message is resolved next, by the whole server.
    case alias(targetOffset: Int)
}

/// A directive that answers queries: one file with its syntax, its refusals, and `begin`.
///
/// A class, so that a chain holds it by one reference and a query copies nothing of it.
/// `begin` is total: it never blocks, allocates, or takes a lock.
package protocol Plugin: AnyObject, Sendable {
    static var directive: String { get }
    /// Throws at the place in the Corefile that it refuses.
    init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError)
    func begin(_ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn) -> Disposition
}

/// What a plugin is told besides the query.
package struct Turn: ~Copyable {
    package let state: ServingState
    /// No plugin follows: to pass would leave the query without an answer.
    package internal(set) var isLast: Bool

    package init(state: ServingState, isLast: Bool) {
        self.state = state
        self.isLast = isLast
    }
}

/// A directive that sets something of its server block and sees no query.
package protocol Setting: Sendable {
    static var directive: String { get }
    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError)
}
