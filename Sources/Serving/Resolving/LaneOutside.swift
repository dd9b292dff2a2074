package import Answering

/// A socket of a lane, as long as an attempt has it.
package struct LanePlace: Hashable, Sendable {
    package var slot: Int
    /// Tells apart those that had the slot one after the other.
    package var generation: UInt32

    package init(slot: Int, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }
}

/// What a lane's core has of the world: sockets, connections, the clock, other lanes, and chance.
///
/// The core itself has none of these, so that it also runs where all of them are made up.
package protocol LaneOutside: AnyObject {
    /// The monotonic clock at this moment, in nanoseconds.
    var clock: UInt64 { get }

    /// A number that nobody can guess: of it are made IDs, the case of names, and the order of equal upstreams.
    func randomNumber() -> UInt64

    /// Sends over UDP from a port of its own; nil where the system allows neither socket nor datagram.
    ///
    /// What comes back is given to `LaneCore.takeReply`, or `refuse` where the port is closed; never during the call.
    func sendDatagram(
        _ octets: [UInt8], to upstream: UpstreamAddress, from source: [UInt8], exchange: UInt64, attempt: Int
    ) -> LanePlace?

    /// Sends over TCP or TLS; the reply, or nil where none can come, is given to `LaneCore.takeStreamReply` later.
    func sendOverStream(
        _ octets: [UInt8], to upstream: UpstreamAddress, _ runtime: ForwardRuntime, exchange: UInt64, attempt: Int)

    /// The exchange is over; `isAnswered`: the socket brought what it was opened for.
    func release(_ place: LanePlace, isAnswered: Bool)

    /// Gives a query to the lane that asks its question.
    func hand(_ job: ResolverJob)
}

/// The chance of the outside, for what the standard library does with a generator.
struct LaneRandom: RandomNumberGenerator {
    let outside: any LaneOutside

    mutating func next() -> UInt64 { outside.randomNumber() }
}
