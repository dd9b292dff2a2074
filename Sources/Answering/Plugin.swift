package import Corefile
package import DNSWire
import NetworkAddress

/// Whether a plugin has dealt with a query, and how; no RCODE has a second meaning.
package enum Disposition: Sendable {
    /// Nothing was written: the next plugin of the chain is asked.
    case pass
    /// The response's sections are written.
    case answered(RCODE)
    /// A CNAME is written; the name at this offset in the message is resolved next, by the whole server.
    case alias(targetOffset: Int)
    /// The response's sections are written from a cache; `refresh` names the `forward` group that should ask again.
    case cached(RCODE, CacheUse, refresh: Int?)
    /// Nothing is written: the question must be asked of this `forward` group first.
    case deferred(forward: Int)
    /// The client gets no response at all.
    case dropped
    /// As `answered`, and counted.
    case answeredAs(DirectiveEvent, RCODE)
    /// As `pass`, and counted; `place` is that of the plugin that says so.
    case passed(DirectiveEvent, place: Int)
    /// The plugin at this place of the chain, the one that says so, asks the rest of it something of its own.
    case interposes(place: Int)
}

/// How a cache served a query, for the metrics.
package enum CacheUse: Sendable { case success, denial, stale }

/// A directive that answers queries: one file with its syntax, its refusals, and `begin`.
///
/// A class, so that a chain holds it by one reference and a query copies nothing of it.
/// `begin` is total: it never blocks, and neither allocates nor takes a lock that is held for long.
package protocol Plugin: AnyObject, Sendable {
    static var directive: String { get }
    /// Throws at the place in the Corefile that it refuses.
    init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError)
    func begin(_ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn) -> Disposition

    /// Whether the lines of this directive in a block act as one: the plugin of the last line stands for all.
    static var joinsLines: Bool { get }
    /// Answers in the place of the rest of the chain, which starts behind `place`; after `begin` has said `interposes`.
    ///
    /// May change the question in `answerer`, and puts it back. Nil where there is no response yet, or never.
    func interpose(
        on answerer: inout Answerer, _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE?
    /// Types whose records a name may have from this plugin, for `begin` to be asked of one by one.
    static var typesToAskFor: [RRType] { get }
    /// Appends the types of the records that the query's name has, where the plugin can say them without being asked of each.
    func appendTypes(at query: borrowing Query, to types: inout [UInt16], _ turn: borrowing Turn)
    /// Whether it answers from a zone whose apex lies above the name.
    func hasZone(above name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool
    /// Whether it answers from a zone whose apex the name is.
    func hasZone(at name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool
    /// Whether its zones say where they are cut; of others a zone that is here shows it.
    static var knowsCuts: Bool { get }
    /// Whether what `begin` wants to interpose on is not the plugin's to change: the chain goes on behind it.
    func stepsAside(in answerer: borrowing Answerer, _ response: borrowing ResponseWriter) -> Bool
}

extension Plugin {
    package static var joinsLines: Bool { false }

    package func interpose(
        on answerer: inout Answerer, _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE? { .servFail }

    package static var typesToAskFor: [RRType] { [] }

    package func appendTypes(at query: borrowing Query, to types: inout [UInt16], _ turn: borrowing Turn) {}

    package func hasZone(above name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool { false }

    package func hasZone(at name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool { false }

    package static var knowsCuts: Bool { true }

    package func stepsAside(in answerer: borrowing Answerer, _ response: borrowing ResponseWriter) -> Bool { false }
}

/// What a plugin is told besides the query.
///
/// One value serves an `Answerer` for as long as it lives: to make one for each query would count references.
package struct Turn: ~Copyable {
    package internal(set) var state: ServingState
    package internal(set) var client = QueryClient(transport: .udp, address: IPAddress(ipv4: 0), port: 0)
    /// The monotonic clock in nanoseconds, as the batch began.
    package internal(set) var now: UInt64 = 0
    /// What upstreams said while the query waited; empty the first time it is answered.
    package internal(set) var found: [FoundAnswer] = []
    package internal(set) var patience = Patience.waits
    /// No plugin follows: to pass would leave the query without an answer.
    package internal(set) var isLast = false
    /// The plugin's place in the chain.
    package internal(set) var place = 0
    /// Where in the chain DS records are asked for of a name that is the apex of a zone here, whose parent is too; -1: nowhere.
    package internal(set) var parentPlace = -1

    init(state: ServingState) { self.state = state }

    /// Whether DS records are asked for of the apex of a zone here, and this plugin has the zone above.
    package func isParent(for query: borrowing Query) -> Bool { query.qtype == .ds && parentPlace == place }

    /// Whether a later plugin has the zone above the one whose apex is asked for DS records (RFC 4035 §3.1.4.1).
    package func leavesToParent(_ query: borrowing Query, apexLabelCount: Int) -> Bool {
        parentPlace > place && query.qtype == .ds && query.name.labelCount == apexLabelCount
    }

    /// What upstreams of `group` said to the question that `query` now asks.
    package func answer(of group: ForwardGroup, to query: borrowing Query) -> StoredAnswer? {
        for one in found where one.group === group && one.question.matches(query) { return one.answer }
        return nil
    }
}

/// A directive that sets something of its server block and sees no query.
package protocol Setting: Sendable {
    static var directive: String { get }
    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError)
}
