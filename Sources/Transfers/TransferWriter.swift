package import DNSWire
package import DNSZone

/// Writes the messages of a transfer, unsigned and with ID 0: as many as the records need, each with the question.
///
/// Messages end at 16 KiB where they can, so that a pointer reaches every name in them; only a record that is longer by
/// itself makes one longer. Names are compressed in their own case.
package struct TransferWriter {
    /// The last octet that a pointer reaches (RFC 1035 §4.1.4).
    private static let octetCountMax = 0x3FFF
    /// What a signature and OPT may add to a message of 65,535 octets.
    private static let wholeOctetCountMax = 65_535 - 512
    /// Names that a message remembers; more would cost more than they save.
    private static let nameCountMax = 2048

    private let question: DNSMessage.Question
    private let flags: UInt16
    package private(set) var messages: [[UInt8]] = []
    private var octets: [UInt8] = []
    private var recordCount: UInt16 = 0
    private var names: [ArraySlice<UInt8>: UInt16] = [:]
    /// A record that no message can hold was left out, and so the transfer is of no use.
    package private(set) var isCut = false

    /// `flags` besides QR: AA, and RD where the client has set it.
    package init(_ question: DNSMessage.Question, flags: UInt16) {
        self.question = question
        self.flags = flags
        begin()
    }

    private mutating func begin() {
        octets = []
        octets.reserveCapacity(Self.octetCountMax + 1)
        names.removeAll(keepingCapacity: true)
        recordCount = 0
        octets.append(bigEndian: UInt16(0))
        octets.append(bigEndian: flags | Query.Flag.response)
        octets.append(bigEndian: UInt32(1) << 16)
        octets.append(bigEndian: UInt32(0))
        append(name: question.name)
        octets.append(bigEndian: question.type.rawValue)
        octets.append(bigEndian: question.qclass.rawValue)
    }

    package mutating func append(_ record: ZoneRecord) {
        let start = octets.count
        write(record)
        if octets.count > Self.wholeOctetCountMax, recordCount == 1 { isCut = true }
        guard octets.count > Self.octetCountMax, recordCount > 1 else { return }
        // It belongs into the next message, where its names may point elsewhere.
        octets.removeLast(octets.count - start)
        recordCount -= 1
        end()
        begin()
        write(record)
        if octets.count > Self.wholeOctetCountMax { isCut = true }
    }

    /// The messages of all records.
    package consuming func finish() -> [[UInt8]] {
        end()
        return messages
    }

    mutating func end() {
        (octets[6], octets[7]) = (UInt8(recordCount >> 8), UInt8(truncatingIfNeeded: recordCount))
        messages.append(octets)
    }

    private mutating func write(_ record: ZoneRecord) {
        append(name: record.owner)
        octets.append(bigEndian: record.type.rawValue)
        octets.append(bigEndian: RRClass.internet.rawValue)
        octets.append(bigEndian: record.ttl)
        octets.append(bigEndian: UInt16(0))
        let start = octets.count
        append(rdata: record.rdata, of: record.type)
        let count = octets.count - start
        octets[start - 2] = UInt8(truncatingIfNeeded: count >> 8)
        octets[start - 1] = UInt8(truncatingIfNeeded: count)
        recordCount += 1
    }

    private mutating func append(rdata: [UInt8], of type: RRType) {
        var at = 0
        if RDATALayout.compresses(type) {
            for part in RDATALayout.parts(of: type) {
                switch part {
                case .octets(let count):
                    octets += rdata[at..<min(at + count, rdata.count)]
                    at = min(at + count, rdata.count)
                case .name:
                    guard let name = try? Name(reading: rdata.rawSpan, at: &at) else { continue }
                    append(name: name)
                case .string: break
                }
            }
        }
        octets += rdata[at...]
    }

    /// Writes the labels that the message has nowhere yet, then a pointer to the rest.
    private mutating func append(name: Name) {
        let wire = name.wire
        var at = 0
        while wire[at] != 0 {
            if let place = names[wire[at...]] {
                octets.append(bigEndian: 0xC000 | place)
                return
            }
            if octets.count <= Self.octetCountMax, names.count < Self.nameCountMax {
                names[wire[at...]] = UInt16(octets.count)
            }
            let end = at + 1 + Int(wire[at])
            octets += wire[at..<end]
            at = end
        }
        octets.append(0)
    }
}
