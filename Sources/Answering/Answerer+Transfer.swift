import DNSWire
package import TSIG
package import Transfers

/// Answers that are too long for one message.
extension Answerer {
    /// Gives the last query a transfer in place of a response.
    mutating func begin(_ content: TransferContent, of zone: TransferableZone) {
        let flags = Query.Flag.authoritative | query.flags & Query.Flag.recursionDesired
        let question = DNSMessage.Question(name: zone.apex, type: query.qtype, qclass: query.qclass)
        let order = TransferOrder(content, of: zone, question: question, id: query.id, flags: flags)
        transfer = (order, signer)
    }

    /// The transfer that the last query gets in place of a response, and what signs it; to be asked for where that was
    /// silent over TCP.
    package mutating func takeTransfer() -> (order: TransferOrder, signer: TSIGSigner?)? {
        defer { if transfer != nil { transfer = nil } }
        return transfer
    }
}
