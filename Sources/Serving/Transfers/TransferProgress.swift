import Answering
import DNSWire
import Glibc
import TSIG
import Transfers

/// The messages of one transfer on their way to a client.
struct TransferProgress {
    /// Which one of its connection.
    let number: Int
    let id: UInt16
    /// AXFR or IXFR.
    let type: RRType
    let series: Int
    private var signer: TSIGSigner?
    /// Whether it is one of the lane's few.
    var isCounted = false
    /// nil while they are being made.
    private var messages: TransferMessages?
    private var sentCount = 0

    init(number: Int, _ transfer: StartedTransfer) {
        self.number = number
        id = transfer.order.id
        type = transfer.order.question.type
        series = transfer.series
        signer = transfer.signer
    }

    mutating func take(_ messages: TransferMessages) { self.messages = messages }

    var isReady: Bool { messages != nil }
    var isOver: Bool { messages.map { sentCount >= $0.messages?.count ?? 0 } ?? false }

    /// What has become of it, should it end here; a refusal is a message by itself.
    var result: TransferResult {
        guard isOver, let first = messages?.messages?.first else { return .failed }
        switch RCODE(rawValue: UInt16(first[3] & 0xF)) {
        case .noError: return .sent
        case .refused: return .refused
        default: return .failed
        }
    }

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
