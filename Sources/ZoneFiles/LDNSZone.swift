/// A master file (RFC 1035 §5) as libldns reads it.
package struct LDNSZone: Hashable, Sendable {
    /// `owner TTL class type RDATA` with single spaces: the SOA first, then the order of the file.
    package var records: [String]

    /// Reads the master file of one zone; throws with the line at which libldns gave up.
    ///
    /// libldns takes zones that no server should (a CNAME beside other data), so it judges the text and no more.
    package init(text: String) throws(LDNSError) {
        records = try LDNSHandles.zoneRecords(text)
    }
}
