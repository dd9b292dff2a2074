import CMemory

/// Looking ahead: what look-ups will read is fetched for a whole batch, so that none has to wait for memory by itself.
extension NameTable {
    /// What a look-up reads, each found by the one before.
    public enum PrefetchStage: Sendable, CaseIterable { case shard, slot, block }

    /// Begins to fetch what a look-up of the name with this hash reads; takes all earlier stages to have been asked for.
    @inline(__always)
    public func prefetch(_ stage: PrefetchStage, hash: UInt64) {
        let shards = shards.span
        let place = Self.shard(of: hash, shift: shardShift)
        switch stage {
        case .shard:
            // SAFETY: the object is not touched.
            unsafe cmemory_prefetch(Unmanaged.passUnretained(shards[place]).toOpaque())
        case .slot: shards[place].prefetchSlot(hash: hash)
        case .block: shards[place].prefetchBlock(hash: hash)
        }
    }
}

extension TableShard {
    private static let cacheLineOctetCount = 64
    /// Cache lines of a block that are fetched: a Service with one port has its name, directory and addresses there.
    private static let lineCount = 3

    @inline(__always)
    func prefetchSlot(hash: UInt64) {
        // SAFETY: the slot lies in the shard's memory.
        unsafe cmemory_prefetch(memory + (Int(truncatingIfNeeded: hash) & (slotCount - 1)) * 8)
    }

    /// Of the first block that has a tag like the hash.
    @inline(__always)
    func prefetchBlock(hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while case let value = value(slot), value != 0 {
            guard (value ^ hash) >> 32 == 0 else {
                slot = (slot + 1) & (slotCount - 1)
                continue
            }
            let start = slotCount * 8 + (Int(truncatingIfNeeded: value & 0xFFFF_FFFF) - 1) * 8
            // SAFETY: lines are only asked for, not read: they may lie behind the shard's end.
            for line in 0..<Self.lineCount { unsafe cmemory_prefetch(memory + start + line * Self.cacheLineOctetCount) }
            return
        }
    }
}
