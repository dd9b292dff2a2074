import DNSWire

/// A part of a `NameTable`: a hash table of blocks and the blocks themselves, in one immutable piece of memory.
///
/// Memory: `slotCount` slots of UInt64 (upper half: bits 32-63 of the name's hash; lower half: the block's offset behind
/// the slots in units of eight octets, plus one; 0: empty), then the blocks.
@safe final class TableShard: @unchecked Sendable {
    // Sendable: the memory is written before `init` returns and never after.
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    private let slotCount: Int
    /// The number of names.
    let count: Int

    /// Copies the blocks; their owners must differ.
    init(blocks: [ArraySlice<UInt8>]) {
        count = blocks.count
        slotCount = Self.slotCount(for: blocks.count)
        byteCount = slotCount * 8 + blocks.reduce(0) { $0 + $1.count }
        unsafe memory = .allocate(byteCount: byteCount, alignment: 8)
        // SAFETY: `byteCount` covers the slots and every block; each write below stays inside it.
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: slotCount * 8)
        var at = slotCount * 8
        for block in blocks {
            unsafe block.withUnsafeBytes { octets in
                if let base = octets.baseAddress {
                    unsafe (memory + at).copyMemory(from: base, byteCount: octets.count)
                }
            }
            insert(at)
            at += block.count
        }
    }

    deinit { unsafe memory.deallocate() }

    /// A power of two that leaves a quarter of the slots empty.
    private static func slotCount(for names: Int) -> Int {
        var slots = 4
        while slots * 3 < names * 4 { slots *= 2 }
        return slots
    }

    private func insert(_ offset: Int) {
        // SAFETY: `offset` is the start of a block just copied.
        let block = unsafe NameBlock(startingIn: RawSpan(_unsafeStart: memory + offset, byteCount: byteCount - offset))
        let hash = block.nameHash
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        while unsafe memory.load(fromByteOffset: slot * 8, as: UInt64.self) != 0 { slot = (slot + 1) & (slotCount - 1) }
        let value = hash & 0xFFFF_FFFF_0000_0000 | UInt64((offset - slotCount * 8) / 8 + 1)
        unsafe memory.storeBytes(of: value, toByteOffset: slot * 8, as: UInt64.self)
    }

    /// The block of `name`, or nil; one probe, nearly always.
    @_lifetime(borrow self)
    func block(for name: borrowing FoldedName) -> NameBlock? {
        var slot = Int(truncatingIfNeeded: name.hash) & (slotCount - 1)
        // A quarter of the slots is empty, so the walk ends.
        while true {
            let value = unsafe memory.load(fromByteOffset: slot * 8, as: UInt64.self)
            guard value != 0 else { return nil }
            if (value ^ name.hash) >> 32 == 0 {
                let offset = slotCount * 8 + (Int(truncatingIfNeeded: value & 0xFFFF_FFFF) - 1) * 8
                // SAFETY: the offset was written by `insert`; the span lives no longer than `self`.
                let span = unsafe RawSpan(_unsafeStart: memory + offset, byteCount: byteCount - offset)
                let block = unsafe _overrideLifetime(NameBlock(startingIn: span), borrowing: self)
                if block.owns(name) { return block }
            }
            slot = (slot + 1) & (slotCount - 1)
        }
    }

    /// Calls `body` with every block, in no order.
    func forEachBlock(_ body: (borrowing NameBlock) -> Void) {
        var at = slotCount * 8
        while at < byteCount {
            // SAFETY: `at` is the start of a block: blocks lie one behind the other.
            let block = unsafe NameBlock(startingIn: RawSpan(_unsafeStart: memory + at, byteCount: byteCount - at))
            body(block)
            at += block.octets.byteCount
        }
    }
}

extension NameBlock {
    /// The hash that `FoldedName` gives the owner.
    var nameHash: UInt64 {
        var hasher = NameHasher()
        for index in 0..<(nameOctetCount + 7) / 8 { hasher.combine(octets[word64: Layout.header + 8 * index]) }
        return hasher.finish(octetCount: nameOctetCount)
    }
}
