import DNSWire
package import DNSZone
import Synchronization

/// The messages of a transfer, unsigned and with ID 0; shared by all clients that are sent them.
package final class TransferMessages: Sendable {
    /// nil where a record fits in none.
    package let messages: [[UInt8]]?

    package init(_ messages: [[UInt8]]?) { self.messages = messages }
}

/// What the clients that ask for one zone have in common: the messages, made once for all who ask for the same, and the
/// version that they are led to.
///
/// While a zone changes all the time, clients that were told of a new version at once ask one after the other, and each
/// would be led to another. So the version that the first got is what the others get too, as long as nobody was told of a
/// newer one. Little is kept: a few images, and the large ones only while a client is sent them.
package final class TransferImages: Sendable {
    /// What comes of a question for messages.
    package enum Claim: Sendable {
        case ready(TransferMessages)
        /// Another client waits for them already, and they come with its own.
        case waits
        /// The caller has to make them, by `render`.
        case renders
        /// The caller would have to make them, and may not.
        case refused
    }

    package typealias Completion = @Sendable (TransferMessages) -> Void

    /// A version that is not the newest is given for so long at most, by which all that were told of it have asked.
    package static let ageMax = Duration.milliseconds(500)
    private static let imageCountMax = 8
    /// Octets of an image that is kept though nobody is sent it.
    private static let octetCountMax = 256 << 10

    private struct Key: Hashable {
        /// nil for the whole zone.
        var since: UInt32?
        var type: RRType
        var flags: UInt16
    }

    private struct Image {
        var key: Key
        var serial: UInt32
        var time: Duration
        /// Who waits while there is none.
        var completions: [Completion] = []
        var isReady = false
        var kept: TransferMessages?
        weak var sent: TransferMessages?

        var messages: TransferMessages? { kept ?? sent }
    }

    private struct State {
        /// The newest version that anybody was told of.
        var announced: UInt32?
        /// What clients are led to, and since when.
        var target: (soa: ZoneRecord, time: Duration)?
        /// The latest last.
        var images: [Image] = []

        func isGood(_ serial: UInt32, since time: Duration, newest: UInt32, at now: Duration) -> Bool {
            if serial == newest { return true }
            guard let announced, now - time <= TransferImages.ageMax else { return false }
            return !SerialNumber.isNewer(announced, than: serial)
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// To be called before the first server is told of a version.
    package func announce(_ serial: UInt32) {
        state.withLock { state in
            guard state.announced.map({ SerialNumber.isNewer(serial, than: $0) }) ?? true else { return }
            state.announced = serial
        }
    }

    /// The version that a client with version `serial` is led to: the newest, or one a little older that others get too.
    package func version(since serial: UInt32, newest: ZoneRecord, at now: Duration) -> ZoneRecord {
        state.withLock { state in
            if let (soa, time) = state.target {
                if SerialNumber.isNewer(soa.serial, than: serial),
                    state.isGood(soa.serial, since: time, newest: newest.serial, at: now)
                {
                    return soa
                }
                // Another thread may have seen a newer one already.
                if SerialNumber.isNewer(soa.serial, than: newest.serial) { return newest }
            }
            if state.target?.soa.serial != newest.serial { state.target = (newest, now) }
            return newest
        }
    }

    /// The messages of an order, or who makes them; `completion` is called by whoever does where they are not there.
    package func claim(
        _ order: TransferOrder, at now: Duration, mayRender: Bool = true, _ completion: @escaping Completion
    ) -> Claim {
        let key = Self.key(of: order)
        return state.withLock { state in
            for index in state.images.indices.reversed() {
                let image = state.images[index]
                guard image.key == key else { continue }
                // Differences lead where the order says; of whole zones one that is a little older does.
                guard
                    image.serial == order.serial
                        || key.since == nil
                            && state.isGood(image.serial, since: image.time, newest: order.serial, at: now)
                else { continue }
                if !image.isReady {
                    state.images[index].completions.append(completion)
                    return .waits
                }
                if let messages = image.messages { return .ready(messages) }
            }
            guard mayRender else { return .refused }
            state.images.removeAll { $0.isReady && ($0.messages == nil || $0.serial != order.serial) }
            if state.images.count >= Self.imageCountMax, let index = state.images.firstIndex(where: \.isReady) {
                state.images.remove(at: index)
            }
            state.images.append(Image(key: key, serial: order.serial, time: now, completions: [completion]))
            return .renders
        }
    }

    /// Makes the messages that `claim` asked the caller for, and calls all who wait for them.
    ///
    /// Takes as long as the zone is large.
    package func render(_ order: TransferOrder) {
        let key = Self.key(of: order)
        let messages = TransferMessages(order.messages())
        let count = messages.messages?.reduce(0) { $0 + $1.count } ?? 0
        let completions = state.withLock { state in
            let index = state.images.firstIndex { !$0.isReady && $0.key == key && $0.serial == order.serial }
            guard let index else { return [Completion]() }
            let completions = state.images[index].completions
            state.images[index].completions = []
            state.images[index].isReady = true
            state.images[index].sent = messages
            if count <= Self.octetCountMax { state.images[index].kept = messages }
            return completions
        }
        for completion in completions { completion(messages) }
    }

    private static func key(of order: TransferOrder) -> Key {
        Key(since: order.sinceSerial, type: order.question.type, flags: order.flags)
    }
}
