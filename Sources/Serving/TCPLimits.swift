package import NIOCore

/// What TCP clients may take of the server.
///
/// Octets held for one connection stay under 256 KiB: `unsentOctetCountMax`, one response and one message of 64 KiB each.
package struct TCPLimits: Sendable {
    /// The shortest DNS message is a header; a smaller length cannot be followed by sense.
    package static let messageOctetCountMin = 12
    /// Octets read at once; also what an idle connection holds of receive memory.
    package static let receiveOctetCount = 2048
    /// Connections the kernel keeps while nobody has accepted them.
    package static let backlog: Int32 = 1024
    /// How long a port that is to close still accepts: connections the kernel has made already would be reset.
    package static let closingTime = TimeAmount.milliseconds(50)
    /// While the server stops, how long a connection may be quiet before it is closed: time for what is on the wire.
    package static let drainSilence = TimeAmount.milliseconds(200)

    /// Connections of one listener; when full, the one idle for the longest makes room.
    package var connectionCountMax = 10_000
    /// How long a connection may stay open between messages; announced to clients that ask (RFC 7828).
    package var idleTimeout = TimeAmount.seconds(10)
    /// The same when more than three quarters of the connections are taken.
    package var crowdedIdleTimeout = TimeAmount.seconds(2)
    /// How long a client may stay silent while it owes octets, of its first message or the rest of any: below
    /// 5 s with a sweep, and with what a busy event loop is late.
    package var silenceTimeout = TimeAmount.milliseconds(4500)
    /// How long a message may take from its first octet, or from the connection's start, to its last: 10 s with a sweep.
    package var messageTimeout = TimeAmount.milliseconds(9750)
    /// How long responses may wait for a client that takes none of them; with what the kernel took before, within 10 s.
    package var unsentTimeout = TimeAmount.milliseconds(4500)
    /// Octets of responses a client may leave unread before nothing more is read from it.
    package var unsentOctetCountMax = 96 * 1024
    /// Octets of cut messages and unsent responses of all connections of a listener; who goes over it is closed.
    package var heldOctetCountMax = 32 << 20
    /// Messages of one connection that may wait for their answers at once.
    package var unansweredCountMax = 128
    /// Transfers of one event loop's connections that are under way at once; more wait.
    package var transferCountMax = 8
    /// Those that may wait; more are refused.
    package var waitingTransferCountMax = 1024
    /// How often deadlines are looked at: connections close that much later at most.
    package var sweepInterval = TimeAmount.milliseconds(250)

    package init() {}
}
