package import DNSWire
package import TSIG
package import Transfers

/// A transfer that takes the place of a response, and what it is counted for.
package struct StartedTransfer: Sendable {
    package var order: TransferOrder
    package var signer: TSIGSigner?
    package var series: Int
}

/// How a transfer ended that a client asked for.
package enum TransferResult: Sendable { case sent, refused, failed }

/// Answers that are too long for one message.
extension Answerer {
    /// Gives the last query a transfer in place of a response.
    mutating func begin(_ content: TransferContent, of zone: TransferableZone, series: Int) {
        let flags = Query.Flag.authoritative | query.flags & Query.Flag.recursionDesired
        let question = DNSMessage.Question(name: zone.apex, type: query.qtype, qclass: query.qclass)
        let order = TransferOrder(content, of: zone, question: question, id: query.id, flags: flags)
        transfer = StartedTransfer(order: order, signer: signer, series: series)
    }

    /// The transfer that the last query gets in place of a response, and what signs it; to be asked for where that was
    /// silent over TCP.
    package mutating func takeTransfer() -> StartedTransfer? {
        defer { if transfer != nil { transfer = nil } }
        return transfer
    }

    /// Counts a transfer for the metrics; `type` is AXFR or IXFR.
    package mutating func count(_ result: TransferResult, of type: RRType, series: Int) {
        let event: DirectiveEvent =
            switch (result, type) {
            case (.sent, .ixfr): .differencesSent
            case (.refused, .ixfr): .differencesRefused
            case (.failed, .ixfr): .differencesFailed
            case (.sent, _): .zoneSent
            case (.refused, _): .zoneRefused
            case (.failed, _): .zoneFailed
            }
        statistics[series].count(event)
    }
}
