import CLDNS
import DNSWire
package import DNSZone
import Glibc

/// A zone signed as a whole, with a chain of NSEC records, for servers that do not sign what they answer.
package enum LDNSSignedZone {
    /// The master file of `records`, which are one zone with its SOA, signed with `keys` (KSK and ZSK as their flags say).
    ///
    /// Times are seconds since 1970. Throws where libldns cannot sign.
    package static func text(
        _ records: [ZoneRecord], keys: [SigningKey], inception: Int64, expiration: Int64
    ) throws(LDNSError) -> String {
        guard let zone = unsafe ldns_dnssec_zone_new(), let list = unsafe ldns_key_list_new(),
            let made = unsafe ldns_rr_list_new()
        else { throw LDNSError(reason: "no memory", place: 0) }
        // SAFETY: the zone owns what is added to it, the records it makes while signing too; the lists own nothing.
        defer {
            unsafe ldns_dnssec_zone_deep_free(zone)
            unsafe ldns_rr_list_free(made)
            unsafe free(list.pointee._keys)
            unsafe free(list)
        }
        for record in records { try unsafe add(record, to: zone) }
        for key in keys {
            guard let handle = key.maker as? LDNSKeyHandle else { throw LDNSError(reason: "a foreign key", place: 0) }
            let dnskey = ZoneRecord(owner: key.zone, type: .dnskey, ttl: 3600, rdata: key.dnskey)
            if !records.contains(dnskey) { try unsafe add(dnskey, to: zone) }
            unsafe handle.join(list, inception: inception, expiration: expiration)
        }
        let status = unsafe ldns_dnssec_zone_sign(zone, made, list, ldns_dnssec_default_replace_signatures, nil)
        guard status == LDNS_STATUS_OK else { throw LDNSError(status, at: 0) }
        return try unsafe print(zone)
    }

    private static func add(
        _ record: ZoneRecord, to zone: UnsafeMutablePointer<ldns_dnssec_zone>
    ) throws(LDNSError) {
        var wire: [UInt8] = []
        wire.appendRecord(owner: record.owner.wire, type: record.type, ttl: record.ttl, rdata: record.rdata)
        var (read, at) = unsafe (UnsafeMutablePointer<ldns_rr>?.none, 0)
        // SAFETY: libldns reads no more than the array's octets; the zone takes the record over.
        let status = unsafe ldns_wire2rr(&read, wire, wire.count, &at, LDNS_SECTION_ANSWER)
        guard let read = unsafe read, status == LDNS_STATUS_OK else { throw LDNSError(status, at: at) }
        let added = unsafe ldns_dnssec_zone_add_rr(zone, read)
        guard added == LDNS_STATUS_OK else { throw LDNSError(added, at: 0) }
    }

    private static func print(_ zone: UnsafeMutablePointer<ldns_dnssec_zone>) throws(LDNSError) -> String {
        var text: UnsafeMutablePointer<CChar>?
        var count = 0
        // SAFETY: the stream owns its memory until it is closed; then it is ours, copied and freed.
        guard let file = unsafe open_memstream(&text, &count) else { throw LDNSError(reason: "no memory", place: 0) }
        unsafe ldns_dnssec_zone_print(file, zone)
        unsafe fclose(file)
        guard let text = unsafe text else { throw LDNSError(reason: "no memory", place: 0) }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}

extension LDNSKey {
    /// The DS record that a parent zone needs for the key (SHA-256), and the DNSKEY record itself, each one line.
    package static func records(of key: SigningKey) throws(LDNSError) -> (ds: String, dnskey: String) {
        var wire: [UInt8] = []
        wire.appendRecord(owner: key.zone.wire, type: .dnskey, ttl: 3600, rdata: key.dnskey)
        var (read, at) = unsafe (UnsafeMutablePointer<ldns_rr>?.none, 0)
        // SAFETY: libldns reads no more than the array's octets; both records are freed here.
        let status = unsafe ldns_wire2rr(&read, wire, wire.count, &at, LDNS_SECTION_ANSWER)
        guard let read = unsafe read, status == LDNS_STATUS_OK else { throw LDNSError(status, at: at) }
        defer { unsafe ldns_rr_free(read) }
        guard let ds = unsafe ldns_key_rr2ds(read, LDNS_SHA256) else {
            throw LDNSError(reason: "no digest of the key", place: 0)
        }
        defer { unsafe ldns_rr_free(ds) }
        return unsafe (line(LDNSHandles.presentation(ds)), line(LDNSHandles.presentation(read)))
    }

    /// Without the comment that libldns puts behind a key.
    private static func line(_ text: String) -> String {
        text.split(separator: ";", maxSplits: 1).first.map { String($0).trimmingSuffix() } ?? text
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
