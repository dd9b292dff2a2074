import DNSWire

/// What is in the response before an alias is followed, and is not given twice.
extension ResponseWriter {
    var hasFollowed: Bool { ownerOffset != Query.headerOctetCount }

    /// Whether a record of this type is there whose owner is that of the block.
    func has(_ type: RRType, of block: borrowing NameBlock) -> Bool {
        let octets = written
        guard var at = try? octets.skipName(at: Query.headerOctetCount) + 4 else { return false }
        // Records are written whole, so the walk ends with the last of them.
        while at < count, let fields = try? octets.skipName(at: at), let length = try? octets.uint16(at: fields + 8) {
            if (try? octets.uint16(at: fields)) == type.rawValue {
                var owner = FoldedName()
                if (try? owner.readCompressed(from: octets, at: at)) != nil, block.owns(owner) { return true }
            }
            at = fields + 10 + Int(length)
        }
        return false
    }
}
