import CLDNS
import DNSWire
import DNSZone
import Glibc

/// A private key in libldns' memory, freed with the last reference.
///
/// `@unchecked`: nothing changes the key after it was read, OpenSSL lets many threads sign with one EVP_PKEY, and each
/// signature has a context of its own.
final class LDNSKeyHandle: SignatureMaker, @unchecked Sendable {
    /// RDATA of the DNSKEY record that belongs to the private key.
    let dnskey: [UInt8]
    private let key: UnsafeMutablePointer<ldns_key>

    /// nil where libldns finds no key in the text.
    init?(_ text: [UInt8], owner: Name, flags: UInt16) {
        guard !text.isEmpty, text.count <= LDNSKey.octetCountMax else { return nil }
        var text = text
        // SAFETY: the stream lies over `text`, and is closed before it goes.
        guard let file = unsafe fmemopen(&text, text.count, "r") else { return nil }
        defer { unsafe fclose(file) }
        var read: UnsafeMutablePointer<ldns_key>?
        guard unsafe ldns_key_new_frm_fp(&read, file) == LDNS_STATUS_OK, let key = unsafe read else { return nil }
        // SAFETY: the key takes over the name that it is given, whose octets are copied.
        if let name = unsafe ldns_dname_new_frm_data(UInt16(owner.wire.count), owner.wire) {
            unsafe ldns_key_set_pubkey_owner(key, name)
        }
        unsafe ldns_key_set_flags(key, flags)
        guard let dnskey = unsafe Self.dnskey(of: key) else {
            unsafe ldns_key_deep_free(key)
            return nil
        }
        // libldns took the tag before it had the flags.
        unsafe ldns_key_set_keytag(key, SigningKey.tag(of: dnskey))
        self.dnskey = dnskey
        unsafe self.key = key
    }

    deinit {
        // SAFETY: nobody else frees the key.
        unsafe ldns_key_deep_free(key)
    }

    func sign(_ octets: [UInt8]) -> [UInt8]? {
        // SAFETY: the buffer copies the octets; it and the signature are freed before the function returns.
        guard let buffer = unsafe ldns_buffer_new(octets.count) else { return nil }
        defer { unsafe ldns_buffer_free(buffer) }
        unsafe ldns_buffer_write(buffer, octets, octets.count)
        guard let signature = unsafe ldns_sign_public_buffer(buffer, key) else { return nil }
        defer { unsafe ldns_rdf_deep_free(signature) }
        return unsafe Array(UnsafeBufferPointer(start: ldns_rdf_data(signature), count: ldns_rdf_size(signature)))
    }

    /// Puts the key into a list of libldns', which does not own it, with the times of signatures over a whole zone.
    ///
    /// Nothing but the signing of a zone looks at these times.
    func join(_ list: UnsafeMutablePointer<ldns_key_list>, inception: Int64, expiration: Int64) {
        // SAFETY: the key outlives the list, as the caller holds it.
        unsafe ldns_key_set_inception(key, UInt32(truncatingIfNeeded: inception))
        unsafe ldns_key_set_expiration(key, UInt32(truncatingIfNeeded: expiration))
        unsafe ldns_key_list_push_key(list, key)
    }

    private static func dnskey(of key: UnsafeMutablePointer<ldns_key>) -> [UInt8]? {
        // SAFETY: the record and its octets are ours, and freed here.
        guard let record = unsafe ldns_key2rr(key) else { return nil }
        defer { unsafe ldns_rr_free(record) }
        guard unsafe ldns_rr_rd_count(record) == 4 else { return nil }
        var rdata: [UInt8] = []
        for index in 0..<4 {
            guard let field = unsafe ldns_rr_rdf(record, index) else { return nil }
            rdata += unsafe UnsafeBufferPointer(start: ldns_rdf_data(field), count: ldns_rdf_size(field))
        }
        return rdata
    }
}
