import NIOCore
import TSIG
import Transfers

/// Answers of many messages, written as fast as the client takes them and one after the other.
extension TCPConnectionHandler {
    func begin(_ order: TransferOrder, signer: TSIGSigner?) {
        lastTransferNumber += 1
        let number = lastTransferNumber
        transfers.append(TransferProgress(number: number, id: order.id, signer: signer))
        lane.prepare(order) { [weak self] messages in
            guard let self, let index = transfers.firstIndex(where: { $0.number == number }) else { return }
            transfers[index].take(messages)
            continueTransfers()
        }
    }

    func continueTransfers() {
        guard let context, !isClosing else { return }
        while machine.takesMore, let message = transfers.first?.isReady == true ? transfers[0].next() : nil {
            let octetCount = lane.queue(ByteBuffer(bytes: message))
            if transfers[0].isOver {
                transfers.removeFirst()
                lane.endTransfer()
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
        for _ in transfers { lane.endTransfer() }
        transfers = []
    }
}
