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

    /// Copies `blocks`, which lie one behind the other; of two with one owner the first is found.
    init(blocks: [UInt8], count: Int) {
        slotCount = Self.slotCount(for: count)
        byteCount = slotCount * 8 + blocks.count
        unsafe memory = .allocate(byteCount: byteCount, alignment: 8)
        // SAFETY: `byteCount` covers the slots and every block.
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: slotCount * 8)
        unsafe blocks.withUnsafeBytes { octets in
            if let base = octets.baseAddress {
                unsafe (memory + slotCount * 8).copyMemory(from: base, byteCount: octets.count)
            }
        }
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
            if (value ^ hash) >> 32 == 0, self.block(value).hasSameOwner(as: block) { return block.octets.byteCount }
            slot = (slot + 1) & (slotCount - 1)
        }
        let value = hash & 0xFFFF_FFFF_0000_0000 | UInt64((offset - slotCount * 8) / 8 + 1)
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

    @inline(__always)
    func value(_ slot: Int) -> UInt64 {
        // SAFETY: callers keep `slot` below `slotCount`.
        unsafe memory.load(fromByteOffset: slot * 8, as: UInt64.self)
    }

    /// The block that a slot's value leads to.
    @inline(__always)
    @_lifetime(borrow self)
    private func block(_ value: UInt64) -> NameBlock {
        block(at: slotCount * 8 + (Int(truncatingIfNeeded: value & 0xFFFF_FFFF) - 1) * 8)
    }

    @inline(__always)
    @_lifetime(borrow self)
    private func block(at offset: Int) -> NameBlock {
        // SAFETY: a block starts at `offset`, inside the memory; the span lives no longer than `self`.
        let span = unsafe RawSpan(_unsafeStart: memory + offset, byteCount: byteCount - offset)
        return unsafe _overrideLifetime(NameBlock(startingIn: span), borrowing: self)
    }
}

extension NameBlock {
    fileprivate func hasSameOwner(as other: borrowing NameBlock) -> Bool {
        guard nameOctetCount == other.nameOctetCount else { return false }
        for offset in stride(from: Layout.header, to: Layout.header + nameOctetCount, by: 8)
        where octets[word64: offset] != other.octets[word64: offset] {
            return false
        }
        return true
    }
}
