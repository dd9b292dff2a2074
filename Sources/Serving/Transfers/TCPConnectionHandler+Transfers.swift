import Answering
import NIOCore
import Transfers

/// Answers of many messages, written as fast as the client takes them and one after the other.
extension TCPConnectionHandler {
    func begin(_ transfer: StartedTransfer) {
        lastTransferNumber += 1
        transfers.append(TransferProgress(number: lastTransferNumber, transfer))
        prepareTransfer(lastTransferNumber, transfer.order)
    }

    /// Does nothing where the transfer is gone with its connection.
    private func prepareTransfer(_ number: Int, _ order: TransferOrder) {
        guard let index = transfers.firstIndex(where: { $0.number == number }) else { return }
        let preparation = lane.prepare(
            order, whenRoom: { [weak self] in self?.prepareTransfer(number, order) },
            { [weak self] messages in
                guard let self, let index = transfers.firstIndex(where: { $0.number == number }) else { return }
                transfers[index].take(messages)
                continueTransfers()
            })
        transfers[index].isCounted = preparation.isCounted
        guard let messages = preparation.messages else { return }
        transfers[index].take(messages)
        continueTransfers()
    }

    func continueTransfers() {
        guard let context, !isClosing else { return }
        while machine.takesMore, let message = transfers.first?.isReady == true ? transfers[0].next() : nil {
            let octetCount = lane.queue(ByteBuffer(bytes: message))
            if transfers[0].isOver {
                lane.end(transfers.removeFirst())
                machine.answered(octetCount: octetCount, at: lane.now)
            } else {
                machine.streamed(octetCount: octetCount, at: lane.now)
            }
            write(context)
        }
        context.flush()
        account(context)
    }

    func endTransfers() {
        for transfer in transfers { lane.end(transfer) }
        transfers = []
    }
}
