import CLDNS
import DNSWire
import Glibc

/// The only code that holds memory of libldns: each function frees what it was given before it returns.
enum LDNSHandles {
    /// Reads a message twice: as a packet for header and OPT, then record by record for the lines and the end.
    static func message(_ octets: [UInt8]) throws(LDNSError) -> LDNSMessage {
        var packet: UnsafeMutablePointer<ldns_pkt>?
        // SAFETY: libldns reads no more than the array's octets, and the packet is freed below, on every way out.
        let status = unsafe ldns_wire2pkt(&packet, octets, octets.count)
        guard let packet = unsafe packet, status == LDNS_STATUS_OK else { throw LDNSError(status, at: octets.count) }
        defer { unsafe ldns_pkt_free(packet) }
        var reader = WireReader(octets: octets)
        let question = try reader.lines(LDNS_SECTION_QUESTION, countAt: 4)
        let answer = try reader.lines(LDNS_SECTION_ANSWER, countAt: 6)
        let authority = try reader.lines(LDNS_SECTION_AUTHORITY, countAt: 8)
        let additional = try reader.lines(LDNS_SECTION_ADDITIONAL, countAt: 10)
        return unsafe LDNSMessage(
            id: ldns_pkt_id(packet), flags: flags(packet), opcode: Int(ldns_pkt_get_opcode(packet).rawValue),
            rcode: Int(ldns_pkt_edns_extended_rcode(packet)) << 4 | Int(ldns_pkt_get_rcode(packet).rawValue),
            question: question, answer: answer, authority: authority, additional: additional, edns: edns(packet),
            octetCount: reader.offset)
    }

    static func zoneRecords(_ text: String) throws(LDNSError) -> [String] {
        var octets = Array(text.utf8)
        // SAFETY: the stream lies over `octets` and is closed before they go.
        guard !octets.isEmpty, let file = unsafe fmemopen(&octets, octets.count, "r") else {
            throw LDNSError(reason: "an empty file", place: 1)
        }
        defer { unsafe fclose(file) }
        var zone: UnsafeMutablePointer<ldns_zone>?
        var line: Int32 = 0
        let status = unsafe ldns_zone_new_frm_fp_l(&zone, file, nil, 0, LDNS_RR_CLASS_IN, &line)
        guard let zone = unsafe zone, status == LDNS_STATUS_OK else { throw LDNSError(status, at: Int(line)) }
        // SAFETY: the zone and all it holds are ours until here.
        defer { unsafe ldns_zone_deep_free(zone) }
        let list = unsafe ldns_zone_rrs(zone)
        let soa = unsafe ldns_zone_soa(zone).map { unsafe [presentation($0)] } ?? []
        return unsafe soa
            + (0..<ldns_rr_list_rr_count(list)).compactMap { unsafe ldns_rr_list_rr(list, $0).map(presentation) }
    }

    /// `origin` is a name in wire form, below which relative names lie.
    static func recordWire(
        _ text: String, defaultTTL: UInt32, origin: [UInt8] = [0]
    ) throws(LDNSError) -> [UInt8] {
        let line = try RecordLine.only(in: text)
        // SAFETY: libldns copies the octets.
        let root = unsafe ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin.count, origin)
        guard let root = unsafe root else { throw LDNSError(reason: "no memory", place: 1) }
        // SAFETY: the origin is only read, and freed on every way out, as is the record.
        defer { unsafe ldns_rdf_deep_free(root) }
        var record: UnsafeMutablePointer<ldns_rr>?
        let status = unsafe ldns_rr_new_frm_str(&record, line, defaultTTL, root, nil)
        guard let record = unsafe record, status == LDNS_STATUS_OK else { throw LDNSError(status, at: 1) }
        defer { unsafe ldns_rr_free(record) }
        var octets: UnsafeMutablePointer<UInt8>?
        var count = 0
        let written = unsafe ldns_rr2wire(&octets, record, Int32(LDNS_SECTION_ANSWER.rawValue), &count)
        guard let octets = unsafe octets, written == LDNS_STATUS_OK else { throw LDNSError(written, at: 1) }
        // SAFETY: libldns hands `count` octets over; they are copied, then freed.
        defer { unsafe free(octets) }
        try requireReadable(octets, count)
        return unsafe Array(UnsafeBufferPointer(start: octets, count: count))
    }

    /// Text with octets that nobody means (a form feed inside a hash) becomes RDATA that libldns itself does not read.
    private static func requireReadable(_ octets: UnsafeMutablePointer<UInt8>, _ count: Int) throws(LDNSError) {
        var record: UnsafeMutablePointer<ldns_rr>?
        var at = 0
        // SAFETY: libldns reads no more than the octets it has just written, and the record is freed at once.
        let status = unsafe ldns_wire2rr(&record, octets, count, &at, LDNS_SECTION_ANSWER)
        if let record = unsafe record { unsafe ldns_rr_free(record) }
        guard status == LDNS_STATUS_OK, at == count else {
            throw LDNSError(reason: "RDATA of another length", place: 1)
        }
    }

    /// The type that libldns knows by this mnemonic; nil for none.
    static func type(_ mnemonic: String) -> RRType? {
        // SAFETY: the text is NUL-terminated and only read.
        let type = unsafe ldns_get_rr_type_by_name(mnemonic)
        return type.rawValue == 0 ? nil : UInt16(exactly: type.rawValue).map { RRType(rawValue: $0) }
    }

    private static func flags(_ packet: UnsafeMutablePointer<ldns_pkt>) -> Set<LDNSMessage.Flag> {
        // SAFETY: the accessors read the packet and keep nothing.
        let bits: [(LDNSMessage.Flag, Bool)] = unsafe [
            (.qr, ldns_pkt_qr(packet)), (.aa, ldns_pkt_aa(packet)), (.tc, ldns_pkt_tc(packet)),
            (.rd, ldns_pkt_rd(packet)), (.ra, ldns_pkt_ra(packet)), (.ad, ldns_pkt_ad(packet)),
            (.cd, ldns_pkt_cd(packet)),
        ]
        return Set(bits.filter(\.1).map(\.0))
    }

    private static func edns(_ packet: UnsafeMutablePointer<ldns_pkt>) -> LDNSMessage.EDNS? {
        // SAFETY: as above; the options are copied while the packet lives.
        guard unsafe ldns_pkt_edns(packet) else { return nil }
        var options: [UInt8] = []
        if let data = unsafe ldns_pkt_edns_data(packet) {
            options = unsafe Array(UnsafeBufferPointer(start: ldns_rdf_data(data), count: ldns_rdf_size(data)))
        }
        return unsafe LDNSMessage.EDNS(
            udpSize: Int(ldns_pkt_edns_udp_size(packet)), version: Int(ldns_pkt_edns_version(packet)),
            dnssecOK: ldns_pkt_edns_do(packet), options: options)
    }

    /// A record's line without its newline, fields parted by one space.
    static func presentation(_ record: UnsafeMutablePointer<ldns_rr>) -> String {
        // SAFETY: libldns hands the text over; it is copied, then freed.
        guard let text = unsafe ldns_rr2str(record) else { return "" }
        defer { unsafe free(text) }
        return unsafe String(cString: text).split { $0 == "\t" || $0 == " " || $0 == "\n" }.joined(separator: " ")
    }
}

/// Walks the records of a message with `ldns_wire2rr`.
private struct WireReader {
    let octets: [UInt8]
    var offset = 12

    /// The lines of one section, whose count lies at `countAt` in the header; OPT is left out.
    mutating func lines(_ section: ldns_pkt_section, countAt: Int) throws(LDNSError) -> [String] {
        var lines: [String] = []
        for _ in 0..<Int(octets[countAt]) << 8 | Int(octets[countAt + 1]) {
            var record: UnsafeMutablePointer<ldns_rr>?
            // SAFETY: libldns reads no more than the array's octets, and each record is freed in its own turn.
            let status = unsafe ldns_wire2rr(&record, octets, octets.count, &offset, section)
            guard let record = unsafe record, status == LDNS_STATUS_OK else { throw LDNSError(status, at: offset) }
            defer { unsafe ldns_rr_free(record) }
            if unsafe ldns_rr_get_type(record) != LDNS_RR_TYPE_OPT {
                lines.append(unsafe LDNSHandles.presentation(record))
            }
        }
        return lines
    }
}

extension LDNSError {
    init(_ status: ldns_status, at place: Int) {
        // SAFETY: the text is static memory of libldns.
        let text = unsafe ldns_get_errorstr_by_id(status).map { unsafe String(cString: $0) }
        self.init(reason: text ?? "status \(status.rawValue)", place: place)
    }
}
