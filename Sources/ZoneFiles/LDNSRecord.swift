/// One record in presentation format (RFC 1035 §5.1) as libldns reads it.
package enum LDNSRecord {
    /// Octets of a text; a longer one is refused unseen.
    package static let textOctetCountMax = 8192
    /// Seconds for a text without a TTL: what CoreDNS' library has.
    private static let defaultTTL: UInt32 = 3600

    /// The record in wire form, its names written out; relative names lie below the root.
    ///
    /// Throws with what libldns calls the fault, its place always 1.
    package static func wire(_ text: String) throws(LDNSError) -> [UInt8] {
        guard text.utf8.count <= textOctetCountMax else {
            throw LDNSError(reason: "more than \(textOctetCountMax) octets", place: 1)
        }
        guard !text.utf8.contains(0) else { throw LDNSError(reason: "a zero octet", place: 1) }
        return try LDNSHandles.recordWire(text, defaultTTL: defaultTTL)
    }
}
