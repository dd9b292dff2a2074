package import Answering
import CLinux
import Glibc
import Synchronization

/// A query that waits for upstreams, or a question that is asked again for those who come later.
package struct ResolverJob: Sendable {
    /// Where the answer goes.
    package enum Origin: Sendable {
        case datagram(UDPReplies, envelope: [UInt8])
        /// Called once, from any thread: with the response, or nothing where silence is the answer.
        case stream(@Sendable ([UInt8]) -> Void)
        /// Nobody waits.
        case refresh
    }

    package var origin: Origin
    package var message: [UInt8]
    package var client: QueryClient
    package var listen: ListenAddress
    /// When the query came, in nanoseconds of the monotonic clock.
    package var start: UInt64
    /// What must be asked now.
    package var need: UpstreamQuestion
    package var group: ForwardGroup
    /// Whose upstreams it was to wait for as it came: that is where it counts.
    let admission: ForwardGroup
    package var keepalive: UInt16?
    var found: [FoundAnswer] = []
    var isStaleTried = false

    package init(
        origin: Origin, message: [UInt8], client: QueryClient, listen: ListenAddress, start: UInt64,
        need: UpstreamQuestion, group: ForwardGroup, keepalive: UInt16? = nil
    ) {
        self.origin = origin
        self.message = message
        self.client = client
        self.listen = listen
        self.start = start
        self.need = need
        self.group = group
        admission = group
        self.keepalive = keepalive
    }
}

/// Replies that a UDP socket still owes; its worker keeps it open for them.
package final class UDPReplies: Sendable {
    private let descriptor: Int32
    private let owed = Atomic<Int>(0)
    private let refused = Atomic<UInt64>(0)

    package init(descriptor: Int32) { self.descriptor = descriptor }

    package var owedCount: Int { owed.load(ordering: .acquiring) }
    package var refusedCount: UInt64 { refused.load(ordering: .relaxed) }

    package func owe() { owed.add(1, ordering: .relaxed) }

    /// Takes back what `owe` said: somebody else replies.
    package func forgive() { owed.subtract(1, ordering: .releasing) }

    /// Sends what is owed, or nothing where `octets` is empty.
    func send(_ octets: RawSpan, to envelope: [UInt8]) {
        if octets.byteCount > 0 {
            // SAFETY: the C function reads as many octets as it is told, of memory that outlives the call.
            let result = unsafe octets.withUnsafeBytes { buffer in
                unsafe clinux_envelope_send(
                    descriptor, envelope, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count)
            }
            if result != 0 { refused.add(1, ordering: .relaxed) }
        }
        owed.subtract(1, ordering: .releasing)
    }
}
