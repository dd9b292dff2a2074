package import DNSWire
package import DNSZone

/// A version of a zone as transfers see it, wherever it comes from.
package struct TransferableZone: Sendable {
    package typealias Records = @Sendable ((ZoneRecord) -> Void) -> Void

    package let apex: Name
    package let soa: ZoneRecord
    /// What led to this version.
    package let journal: ZoneJournal
    /// What its clients share; nil where each has messages of its own made.
    package let images: TransferImages?
    private let records: Records

    /// `records` calls its argument with every record but the SOA, in any order, each once.
    package init(
        apex: Name, soa: ZoneRecord, journal: ZoneJournal = ZoneJournal(), images: TransferImages? = nil,
        records: @escaping Records
    ) {
        self.apex = apex
        self.soa = soa
        self.journal = journal
        self.images = images
        self.records = records
    }

    package init(_ zone: Zone, journal: ZoneJournal = ZoneJournal(), images: TransferImages? = nil) {
        self.init(apex: zone.apex, soa: zone.soa, journal: journal, images: images) { zone.forEachRecord($0) }
    }

    package func forEachRecord(_ body: (ZoneRecord) -> Void) { records(body) }
}

/// What a client gets of a zone.
package enum TransferContent: Sendable {
    /// All of it (RFC 5936 §2.2).
    case whole
    /// What led to it from the client's version (RFC 1995 §4).
    case differences(ArraySlice<ZoneJournal.Step>)
    /// The client has it, or has to ask again over TCP (RFC 1995 §2).
    case soa

    /// What a question for differences since a version gets (RFC 1995 §2, §4); `now` is of any clock that goes on.
    package init(since serial: UInt32, of zone: TransferableZone, at now: Duration) {
        let newest = zone.images?.version(since: serial, newest: zone.soa, at: now) ?? zone.soa
        if !SerialNumber.isNewer(newest.serial, than: serial) {
            self = .soa
        } else if let steps = zone.journal.steps(since: serial),
            let last = steps.firstIndex(where: { $0.newSOA.serial == newest.serial })
        {
            // The journal may be ahead of this version.
            self = .differences(steps[...last])
        } else {
            self = .whole
        }
    }
}

/// Versions of a zone, which go round (RFC 1982).
package enum SerialNumber {
    /// Numbers half the circle apart are neither newer nor older.
    package static func isNewer(_ left: UInt32, than right: UInt32) -> Bool {
        left != right && left &- right < 0x8000_0000
    }
}

/// A transfer that a client may have: what to write, and how to sign it.
package struct TransferOrder: Sendable {
    /// Octets of differences that are sent as one: half a second of a thousand changes of endpoints each.
    private static let joinedOctetCountMax = 2 << 20

    package let zone: TransferableZone
    package let content: TransferContent
    package let question: DNSMessage.Question
    package let id: UInt16
    /// AA, and RD where the client has set it.
    package let flags: UInt16

    package init(
        _ content: TransferContent, of zone: TransferableZone, question: DNSMessage.Question, id: UInt16, flags: UInt16
    ) {
        self.content = content
        self.zone = zone
        self.question = question
        self.id = id
        self.flags = flags
    }

    /// The version that the client has, where it gets differences; and the one that it gets.
    var sinceSerial: UInt32? { if case .differences(let all) = content { all.first?.oldSOA.serial } else { nil } }
    var serial: UInt32 { newest.serial }

    private var newest: ZoneRecord {
        if case .differences(let all) = content, let last = all.last { last.newSOA } else { zone.soa }
    }

    /// The one message that says there is none.
    package func refusal(_ rcode: RCODE) -> [UInt8] {
        var writer = TransferWriter(question, flags: flags & ~Query.Flag.authoritative | rcode.rawValue & 0xF)
        writer.end()
        return writer.messages[0]
    }

    /// All messages with ID 0, unsigned; nil where a record fits in none.
    ///
    /// Takes as long as the zone is large.
    package func messages() -> [[UInt8]]? {
        var writer = TransferWriter(question, flags: flags)
        writer.append(newest)
        switch content {
        case .soa: break
        case .whole:
            zone.forEachRecord { writer.append($0) }
            writer.append(newest)
        case .differences(let steps):
            let differences = steps.lazy.map(\.difference)
            if steps.reduce(0, { $0 + $1.octetCount }) <= Self.joinedOctetCountMax {
                // One step instead of many, without what comes and goes on the way (RFC 1995 §5).
                if let joined = ZoneDifference(joining: differences) { writer.append(joined) }
            } else {
                // Whoever is late is late by a time of its own: what was done for one would serve no other.
                for difference in differences { writer.append(difference) }
            }
            writer.append(newest)
        }
        return writer.isCut ? nil : writer.finish()
    }
}

extension TransferWriter {
    /// A sequence of RFC 1995 §4.
    fileprivate mutating func append(_ difference: ZoneDifference) {
        append(difference.oldSOA)
        for record in difference.removed { append(record) }
        append(difference.newSOA)
        for record in difference.added { append(record) }
    }
}
