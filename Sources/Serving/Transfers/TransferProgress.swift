import Glibc
import TSIG
import Transfers

/// The messages of one transfer on their way to a client.
struct TransferProgress {
    /// Which one of its connection.
    let number: Int
    let id: UInt16
    private var signer: TSIGSigner?
    /// Whether it is one of the lane's few.
    var isCounted = false
    /// nil while they are being made.
    private var messages: TransferMessages?
    private var sentCount = 0

    init(number: Int, order: TransferOrder, signer: TSIGSigner?) {
        self.number = number
        id = order.id
        self.signer = signer
    }

    mutating func take(_ messages: TransferMessages) { self.messages = messages }

    var isReady: Bool { messages != nil }
    var isOver: Bool { messages.map { sentCount >= $0.messages?.count ?? 0 } ?? false }

    /// The next message, signed; nil while there is none, and when there are no more.
    mutating func next() -> [UInt8]? {
        guard let messages = messages?.messages, sentCount < messages.count else { return nil }
        var message = messages[sentCount]
        sentCount += 1
        (message[0], message[1]) = (UInt8(id >> 8), UInt8(truncatingIfNeeded: id))
        if var signer {
            signer.sign(&message, now: UInt64(max(0, time(nil))))
            self.signer = signer
        }
        return message
    }
}
