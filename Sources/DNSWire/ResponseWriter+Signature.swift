/// The signature at the end of a message (RFC 8945 §5.3).
extension ResponseWriter {
    /// The message as it was finished.
    public var message: RawSpan {
        @_lifetime(borrow self)
        get { out.bytes.extracting(first: count) }
    }

    /// Appends a TSIG record to the message that was finished; returns the length, the same where there is no room.
    @_lifetime(self: copy self)
    public mutating func appendSignature(_ record: [UInt8]) -> Int {
        guard record.count <= out.byteCount - count else { return count }
        copy(record.rawSpan)
        additionalCount += 1
        store(additionalCount.bigEndian, at: 10)
        return count
    }
}
