/// What a directive did with a query, beside its RCODE: counted by series for the metrics.
package enum DirectiveEvent: UInt8, Hashable, Sendable, CaseIterable {
    /// `acl`: the query went on, was answered REFUSED, answered without records, not answered.
    case allowed, blocked, filtered, dropped
    /// `local`: a name at or below `localhost` in another zone.
    case localhost
    /// `dns64`: addresses were made from A records.
    case translated
    /// `autopath`: a later name of the search path had the answer.
    case completed
    /// `kubernetes`: no such name, and none that a Service could have: a search path was appended to a name from elsewhere.
    case searched
    /// `transfer`: all of a zone (AXFR) was sent, was refused, was not sent to its end.
    case zoneSent, zoneRefused, zoneFailed
    /// The same of differences (IXFR).
    case differencesSent, differencesRefused, differencesFailed
}
