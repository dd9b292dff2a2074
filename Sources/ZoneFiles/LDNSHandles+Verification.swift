import CLDNS
import Glibc

extension LDNSHandles {
    /// As `LDNSMessage.signatures`; a key is its owner and RDATA in wire form.
    static func signatures(
        _ octets: [UInt8], keys: [(owner: [UInt8], rdata: [UInt8])], at seconds: Int
    ) throws(LDNSError) -> [String] {
        var packet: UnsafeMutablePointer<ldns_pkt>?
        // SAFETY: libldns reads no more than the array's octets; packet and list are freed below, on every way out.
        let status = unsafe ldns_wire2pkt(&packet, octets, octets.count)
        guard let packet = unsafe packet, status == LDNS_STATUS_OK else { throw LDNSError(status, at: octets.count) }
        defer { unsafe ldns_pkt_free(packet) }
        guard let list = unsafe ldns_rr_list_new() else { throw LDNSError(reason: "no memory", place: 0) }
        defer { unsafe ldns_rr_list_deep_free(list) }
        for key in keys {
            var wire = key.owner + [0, 48, 0, 1, 0, 0, 0, 0]
            wire += [UInt8(truncatingIfNeeded: key.rdata.count >> 8), UInt8(truncatingIfNeeded: key.rdata.count)]
            wire += key.rdata
            var (record, at) = unsafe (UnsafeMutablePointer<ldns_rr>?.none, 0)
            let read = unsafe ldns_wire2rr(&record, wire, wire.count, &at, LDNS_SECTION_ANSWER)
            guard let record = unsafe record, read == LDNS_STATUS_OK else { throw LDNSError(read, at: at) }
            unsafe ldns_rr_list_push_rr(list, record)
            guard unsafe ldns_rr_rd_count(record) == dnskeyFieldCount else {
                throw LDNSError(reason: "a DNSKEY without all of its fields", place: at)
            }
        }
        return unsafe signatures(of: ldns_pkt_answer(packet), list, seconds)
            + signatures(of: ldns_pkt_authority(packet), list, seconds)
    }

    /// TYPE COVERED to SIGNATURE (RFC 4034 §3.1).
    private static let rrsigFieldCount = 9
    /// FLAGS to PUBLIC KEY (RFC 4034 §2.1).
    private static let dnskeyFieldCount = 4

    private static func signatures(
        of section: UnsafeMutablePointer<ldns_rr_list>?, _ keys: UnsafeMutablePointer<ldns_rr_list>, _ seconds: Int
    ) -> [String] {
        guard let section = unsafe section else { return [] }
        // SAFETY: the section owns its records; the lists made here hold none of their own, and are freed without them.
        return unsafe (0..<ldns_rr_list_rr_count(section)).compactMap { index in
            guard let signature = unsafe ldns_rr_list_rr(section, index),
                unsafe ldns_rr_get_type(signature) == LDNS_RR_TYPE_RRSIG,
                // libldns looks at all of its fields without a look at how many there are.
                unsafe ldns_rr_rd_count(signature) == rrsigFieldCount,
                let rrset = unsafe ldns_rr_list_new(), let covered = unsafe ldns_rr_rrsig_typecovered(signature)
            else { return nil }
            defer { unsafe ldns_rr_list_free(rrset) }
            let type = unsafe ldns_rdf2rr_type(covered)
            let count = unsafe ldns_rr_list_rr_count(section)
            for index in 0..<count {
                guard let record = unsafe ldns_rr_list_rr(section, index) else { continue }
                let isSameOwner = unsafe ldns_dname_compare(ldns_rr_owner(record), ldns_rr_owner(signature)) == 0
                guard isSameOwner, unsafe ldns_rr_get_type(record) == type else { continue }
                unsafe ldns_rr_list_push_rr(rrset, record)
            }
            // libldns takes it for granted that there is a first one.
            guard unsafe ldns_rr_list_rr_count(rrset) > 0 else { return nil }
            let status = unsafe ldns_verify_rrsig_keylist_time(rrset, signature, keys, seconds, nil)
            let isGood = status == LDNS_STATUS_OK
            let words = unsafe presentation(signature).split(separator: " ")
            let fault = unsafe ldns_get_errorstr_by_id(status).map { unsafe String(cString: $0) }
            return words.count > 4
                ? "\(words[0]) \(words[4]): \(isGood ? "OK" : fault ?? "status \(status.rawValue)")" : nil
        }
    }
}
