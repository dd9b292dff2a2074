package import DNSWire
import Synchronization

/// A primary's word that a zone has a new version (RFC 1996).
package struct NotifyEvent: Sendable {
    package let definition: ZoneSetDefinition
    package let apex: Name
    /// Its place among the definition's primaries.
    package let primary: Int
}

/// Where workers leave such words for whoever looks after copies of zones.
package final class NotifyInbox: Sendable {
    private let handler = Mutex<(@Sendable (NotifyEvent) -> Void)?>(nil)

    package init() {}

    /// `handler` is called by workers, and must not wait.
    package func attach(_ handler: @escaping @Sendable (NotifyEvent) -> Void) {
        self.handler.withLock { $0 = handler }
    }

    func post(_ event: NotifyEvent) { handler.withLock { $0 }?(event) }
}
