import DNSWire

/// A part of a `NameTable`: a hash table of blocks and the blocks themselves, in one immutable piece of memory.
///
/// Memory: `slotCount` slots of UInt64 (upper half: bits 32-63 of the name's hash; lower half: the block's offset behind
/// the slots in units of eight octets, plus one; 0: empty), then the blocks.
@safe final class TableShard: @unchecked Sendable {
    // Sendable: the memory is written before `init` returns and never after.
    let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    let slotCount: Int
    /// The number of names.
    private(set) var count = 0
    /// Whether there are blocks that no slot leads to.
    private var hasDuplicates = false

    /// Copies `pieces`, in each of which blocks lie one behind the other; of two with one owner the first is found.
    convenience init(pieces: [[UInt8]], count: Int) {
        unsafe self.init(blockOctetCount: pieces.reduce(0) { $0 + $1.count }, count: count) { blocks in
            var at = 0
            for piece in pieces {
                // SAFETY: there is room for all pieces.
                unsafe piece.withUnsafeBytes { unsafe (blocks + at).copy($0) }
                at += piece.count
            }
        }
    }

    /// Copies the blocks of `old` but for those in `gone`, parts of its memory in ascending order, and `new` behind them.
    private convenience init(_ old: TableShard, without gone: [Range<Int>], adding new: [[UInt8]]) {
        let goneOctetCount = gone.reduce(0) { $0 + $1.count }
        let keptOctetCount = old.byteCount - old.slotCount * 8 - goneOctetCount
        let blockOctetCount = new.reduce(keptOctetCount) { $0 + $1.count }
        unsafe self.init(blockOctetCount: blockOctetCount, count: old.count - gone.count + new.count) { blocks in
            var (from, at) = (old.slotCount * 8, 0)
            for range in gone + [old.byteCount..<old.byteCount] {
                // SAFETY: the parts lie inside the old memory, and there is room for what is between them.
                unsafe (blocks + at).copyMemory(from: old.memory + from, byteCount: range.lowerBound - from)
                at += range.lowerBound - from
                from = range.upperBound
            }
            for block in new {
                // SAFETY: as above.
                unsafe block.withUnsafeBytes { unsafe (blocks + at).copy($0) }
                at += block.count
            }
        }
    }

    /// Copies `old` with other blocks for some of its names, each in the place of the one before it; `changes` are in the
    /// order of those places.
    ///
    /// No name is hashed again: slots stay where they are, and lead on by as much as the blocks before theirs have grown.
    private init(_ old: TableShard, _ changes: [BlockChange]) {
        let growth = changes.reduce(0) { $0 + $1.block.count - $1.place.count }
        (slotCount, count, byteCount) = (old.slotCount, old.count, old.byteCount + growth)
        unsafe memory = .allocate(byteCount: byteCount, alignment: 8)
        var (from, at) = (old.slotCount * 8, old.slotCount * 8)
        // What the offsets in slots beyond each place grow by.
        var steps: [(start: UInt32, shift: UInt64)] = []
        for change in changes {
            // SAFETY: the parts lie inside the old memory, and there is room for what is between them and for the blocks.
            unsafe (memory + at).copyMemory(from: old.memory + from, byteCount: change.place.lowerBound - from)
            at += change.place.lowerBound - from
            unsafe change.block.withUnsafeBytes { unsafe (memory + at).copy($0) }
            at += change.block.count
            from = change.place.upperBound
            steps.append((Self.unit(change.place.lowerBound, slotCount), UInt64(bitPattern: Int64((at - from) / 8))))
        }
        unsafe (memory + at).copyMemory(from: old.memory + from, byteCount: old.byteCount - from)
        for slot in 0..<slotCount {
            var value = old.value(slot)
            if value != 0 {
                var step = steps.count
                while step > 0, UInt32(truncatingIfNeeded: value) <= steps[step - 1].start { step -= 1 }
                if step > 0 { value &+= steps[step - 1].shift }
            }
            // SAFETY: `slot` is below `slotCount`.
            unsafe memory.storeBytes(of: value, toByteOffset: slot * 8, as: UInt64.self)
        }
    }

    /// `write` fills the memory of the blocks, which is not initialized.
    private init(blockOctetCount: Int, count: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
        slotCount = Self.slotCount(for: count)
        byteCount = slotCount * 8 + blockOctetCount
        unsafe memory = .allocate(byteCount: byteCount, alignment: 8)
        // SAFETY: `byteCount` covers the slots and every block.
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: slotCount * 8)
        unsafe write(memory + slotCount * 8)
        var at = slotCount * 8
        while at < byteCount { at += insert(at) }
    }

    deinit { unsafe memory.deallocate() }

    /// A power of two that leaves a quarter of the slots empty.
    private static func slotCount(for names: Int) -> Int {
        var slots = 4
        while slots * 3 < names * 4 { slots *= 2 }
        return slots
    }

    /// Enters the block at `offset` and returns its size.
    private func insert(_ offset: Int) -> Int {
        let block = block(at: offset)
        let hash = block.nameHash
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while case let value = self.value(slot), value != 0 {
            if (value ^ hash) >> 32 == 0, self.block(value).hasSameOwner(as: block) {
                hasDuplicates = true
                return block.octets.byteCount
            }
            slot = (slot + 1) & (slotCount - 1)
        }
        let value = hash & 0xFFFF_FFFF_0000_0000 | UInt64(Self.unit(offset, slotCount))
        // SAFETY: `slot` is below `slotCount`.
        unsafe memory.storeBytes(of: value, toByteOffset: slot * 8, as: UInt64.self)
        count += 1
        return block.octets.byteCount
    }

    /// The block of `name`, or nil; one probe, nearly always.
    @_lifetime(borrow self)
    func block(for name: borrowing FoldedName) -> NameBlock? {
        var slot = Int(truncatingIfNeeded: name.hash) & (slotCount - 1)
        // A quarter of the slots is empty, so the walk ends.
        while case let value = value(slot), value != 0 {
            if (value ^ name.hash) >> 32 == 0, case let block = block(value), block.owns(name) { return block }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    /// The block of the name with this hash, or nil.
    @_lifetime(borrow self)
    func block(hash: UInt64) -> NameBlock? {
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while case let value = value(slot), value != 0 {
            if (value ^ hash) >> 32 == 0, case let block = block(value), block.nameHash == hash { return block }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    /// Calls `body` with every block, in no order.
    func forEachBlock(_ body: (borrowing NameBlock) -> Void) {
        for slot in 0..<slotCount where value(slot) != 0 { body(block(value(slot))) }
    }

    /// Up to so many blocks are put in the place of others; of more each slot would look through too many.
    private static let changeCountMax = 16

    private struct BlockChange {
        /// Where in the old memory.
        var place: Range<Int>
        var block: [UInt8]
    }

    /// A shard with the edits applied; `edits` is keyed by folded owner octets.
    func replacing(_ edits: [[UInt8]: [UInt8]?]) -> TableShard {
        if hasDuplicates { return withoutDuplicates.replacing(edits) }
        if let changes = changes(edits) { return TableShard(self, changes) }
        let gone = edits.keys.compactMap { place(of: $0) }.sorted { $0.lowerBound < $1.lowerBound }
        return TableShard(self, without: gone, adding: edits.values.compactMap(\.self))
    }

    /// The edits in order, where no name comes or goes and they are few.
    private func changes(_ edits: [[UInt8]: [UInt8]?]) -> [BlockChange]? {
        guard edits.count <= Self.changeCountMax else { return nil }
        var changes: [BlockChange] = []
        for (owner, block) in edits {
            guard let block, let place = place(of: owner) else { return nil }
            changes.append(BlockChange(place: place, block: block))
        }
        return changes.sorted { $0.place.lowerBound < $1.place.lowerBound }
    }

    /// Where in the memory the block of an owner lies.
    private func place(of owner: [UInt8]) -> Range<Int>? {
        let hash = NameHasher.hash(owner.rawSpan)
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while case let value = value(slot), value != 0 {
            if (value ^ hash) >> 32 == 0, case let block = block(value), block.isOwned(by: owner) {
                let start = Self.offset(value, slotCount)
                return start..<start + block.octets.byteCount
            }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    private var withoutDuplicates: TableShard {
        var blocks: [UInt8] = []
        forEachBlock { blocks.append(octetsOf: $0.octets) }
        return TableShard(pieces: [blocks], count: count)
    }

    @inline(__always)
    func value(_ slot: Int) -> UInt64 {
        // SAFETY: callers keep `slot` below `slotCount`.
        unsafe memory.load(fromByteOffset: slot * 8, as: UInt64.self)
    }

    /// The block that a slot's value leads to.
    @inline(__always)
    @_lifetime(borrow self)
    private func block(_ value: UInt64) -> NameBlock {
        block(at: Self.offset(value, slotCount))
    }

    /// Where the block lies that a slot's value leads to.
    @inline(__always)
    private static func offset(_ value: UInt64, _ slotCount: Int) -> Int {
        slotCount * 8 + (Int(truncatingIfNeeded: value & 0xFFFF_FFFF) - 1) * 8
    }

    /// The lower half of a slot's value that leads to the block at `offset`.
    private static func unit(_ offset: Int, _ slotCount: Int) -> UInt32 { UInt32((offset - slotCount * 8) / 8 + 1) }

    @inline(__always)
    @_lifetime(borrow self)
    private func block(at offset: Int) -> NameBlock {
        // SAFETY: a block starts at `offset`, inside the memory; the span lives no longer than `self`.
        let span = unsafe RawSpan(_unsafeStart: memory + offset, byteCount: byteCount - offset)
        return unsafe _overrideLifetime(NameBlock(startingIn: span), borrowing: self)
    }
}

extension UnsafeMutableRawPointer {
    /// Copies octets to here, where there is room for them.
    fileprivate func copy(_ octets: UnsafeRawBufferPointer) {
        if let base = octets.baseAddress { unsafe copyMemory(from: base, byteCount: octets.count) }
    }
}

extension NameBlock {
    /// Whether `owner`, folded, is the owner's name.
    fileprivate func isOwned(by owner: [UInt8]) -> Bool {
        guard nameOctetCount == owner.count else { return false }
        let name = name
        for index in 0..<owner.count where name[unchecked8: index] != owner[index] { return false }
        return true
    }

    fileprivate func hasSameOwner(as other: borrowing NameBlock) -> Bool {
        guard nameOctetCount == other.nameOctetCount else { return false }
        for offset in stride(from: Layout.header, to: Layout.header + nameOctetCount, by: 8)
        where octets[word64: offset] != other.octets[word64: offset] {
            return false
        }
        return true
    }
}
