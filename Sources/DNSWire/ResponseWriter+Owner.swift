/// Records whose owner is a name of its own below one that is in the message.
extension ResponseWriter {
    /// Appends a record that starts with a two-octet owner pointer, in whose place `labels` and a pointer to `suffix` are
    /// written; false when it does not fit.
    @_lifetime(self: copy self)
    public mutating func appendRecord(
        _ record: RawSpan, ownedBy labels: RawSpan, below suffix: Int, to section: Section
    ) -> Bool {
        guard count + labels.byteCount + record.byteCount <= limit, suffix < 0x4000 else { return false }
        copy(labels)
        store(pointerTo(suffix), at: count)
        count += 2
        copy(record.extracting(2..<record.byteCount))
        add(1, to: section)
        return true
    }
}
