import Answering
import CLinux
import DNSWire
import Dispatch
import NIOCore
import Transfers

/// The few transfers that the connections of an event loop have under way at once.
extension TCPLane {
    /// Has the messages of a transfer made, elsewhere, unless they are there or another client waits for the same.
    ///
    /// `completion` is called once, on the event loop and later, where no messages come back; or `whenRoom` is, where as many
    /// transfers as there may be are under way, and whoever still wants the messages asks again. `end` has to follow when the
    /// last of them is sent, or the connection is gone.
    func prepare(
        _ order: TransferOrder, whenRoom: @escaping () -> Void, _ completion: @escaping (TransferMessages) -> Void
    ) -> (messages: TransferMessages?, isCounted: Bool) {
        if case .soa = order.content { return (TransferMessages(order.messages()), false) }
        @Sendable func refusal(_ rcode: RCODE) -> TransferMessages { TransferMessages([order.refusal(rcode)]) }
        let bound = NIOLoopBound(completion, eventLoop: eventLoop)
        let complete: TransferImages.Completion = { messages in
            let all = messages.messages == nil ? refusal(.servFail) : messages
            bound.eventLoop.execute { bound.value(all) }
        }
        let images = order.zone.images ?? TransferImages()
        let now = Duration.nanoseconds(Int64(clamping: clinux_monotonic_nanoseconds()))
        switch images.claim(order, at: now, mayRender: transferCount < limits.transferCountMax, complete) {
        case .ready(let messages): return (messages.messages == nil ? refusal(.servFail) : messages, false)
        case .waits: return (nil, false)
        case .refused:
            guard waitingTransfers.count < limits.waitingTransferCountMax else { return (refusal(.refused), false) }
            waitingTransfers.append(whenRoom)
            return (nil, false)
        case .renders:
            transferCount += 1
            DispatchQueue.global(qos: .utility).async { images.render(order) }
            return (nil, true)
        }
    }

    /// Counts a transfer that has ended.
    func end(_ transfer: TransferProgress) {
        if transfer.isCounted { endTransfer() }
        answerer.count(transfer.result, of: transfer.type, series: transfer.series)
        settle(since: eventLoop.now)
    }

    /// Gives the place of one of the lane's few to another.
    func endTransfer() {
        transferCount -= 1
        guard !waitingTransfers.isEmpty else { return }
        // Not here: whoever ends one may be writing.
        eventLoop.assumeIsolated().execute { [weak self] in self?.beginWaitingTransfers() }
    }

    private func beginWaitingTransfers() {
        while transferCount < limits.transferCountMax, !waitingTransfers.isEmpty { waitingTransfers.removeFirst()() }
    }
}
