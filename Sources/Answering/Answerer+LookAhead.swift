import ClusterZone
import DNSWire
import DNSZone

/// Fetching what a batch of queries will read before the first of them is answered.
extension Answerer {
    /// In a smaller batch there is too little to do meanwhile for looking ahead to pay.
    package static let foreseenCountMin = 4

    /// What was seen of the batch to come.
    struct LookAhead {
        var hashes = InlineArray<64, UInt64>(repeating: 0)
        var count = 0
        let seed = NameHasher.seed
    }

    /// Notes a message of the next batch; those past the first 64 are left to themselves.
    @inline(__always)
    package mutating func foresee(_ message: RawSpan) {
        guard lookAhead.count < lookAhead.hashes.count else { return }
        lookAhead.hashes[lookAhead.count] =
            NameHasher.guess(message, at: Query.headerOctetCount, seed: lookAhead.seed)
        lookAhead.count += 1
    }

    /// Has what the cluster zones and large zones of files say about the names foreseen fetched, and forgets them.
    package mutating func lookAtForeseen() {
        let count = lookAhead.count
        lookAhead.count = 0
        for zone in state.zones { prefetch(zone.table, count) }
        for set in state.zoneSets {
            for table in set.foreseen { prefetch(table, count) }
        }
    }

    @inline(__always)
    private func prefetch(_ table: borrowing NameTable, _ count: Int) {
        for stage in NameTable.PrefetchStage.allCases {
            for index in 0..<count { table.prefetch(stage, hash: lookAhead.hashes[index]) }
        }
    }
}
