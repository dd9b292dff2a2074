extension DNSMessage {
    /// The message in wire form, with compression: whole records up to `limit` octets, TC where some were left out.
    ///
    /// OPT is kept whatever is left out, as the question is; a limit below both gives those alone.
    public func encoded(limit: Int = 65_535) -> [UInt8] {
        let optOctetCount = opt?.encoded(rcode).count ?? 0
        var encoder = MessageEncoder(headerOctetCount: Query.headerOctetCount)
        for question in questions { encoder.append(question) }
        var counts: [UInt16] = [UInt16(truncatingIfNeeded: questions.count), 0, 0, 0]
        var isCut = false
        for (section, records) in [answer, authority, additional].enumerated() {
            for record in records where !isCut {
                let mark = encoder.mark
                encoder.append(record)
                if encoder.octets.count + optOctetCount > limit {
                    encoder.rewind(to: mark)
                    isCut = true
                } else {
                    counts[section + 1] += 1
                }
            }
        }
        let isTruncated = isCut && counts[3] == 0 && (!answer.isEmpty || !authority.isEmpty)
        var octets = encoder.octets
        if let opt {
            octets += opt.encoded(rcode)
            counts[3] += 1
        }
        octets.replaceSubrange(..<Query.headerOctetCount, with: header(counts, isTruncated: isTruncated))
        return octets
    }

    private func header(_ counts: [UInt16], isTruncated: Bool) -> [UInt8] {
        var header: [UInt8] = []
        header.append(bigEndian: id)
        header.append(
            bigEndian: flags & 0xFFF0 | rcode.rawValue & 0xF | (isTruncated ? Query.Flag.truncated : 0))
        for count in counts { header.append(bigEndian: count) }
        return header
    }
}

extension DNSMessage.OPT {
    /// The record in wire form with the upper bits of `rcode`.
    public func encoded(_ rcode: RCODE) -> [UInt8] {
        var data: [UInt8] = []
        for option in options {
            data.append(bigEndian: option.code)
            data.append(bigEndian: UInt16(truncatingIfNeeded: option.value.count))
            data += option.value
        }
        data += encodedOptions
        var octets: [UInt8] = [0]
        octets.append(bigEndian: RRType.opt.rawValue)
        octets.append(bigEndian: udpSize)
        octets += [UInt8(truncatingIfNeeded: rcode.rawValue >> 4), version]
        octets.append(bigEndian: UInt16(dnssecOK ? 0x8000 : 0))
        octets.append(bigEndian: UInt16(truncatingIfNeeded: data.count))
        return octets + data
    }
}

/// Writes records one behind the other, each name compressed against those before it (RFC 1035 §4.1.4).
public struct MessageEncoder: Sendable {
    /// Suffixes that are remembered as targets: more would cost time and save little.
    private static let suffixCountMax = 256

    private struct Suffix {
        var hash: UInt64
        var offset: Int
    }

    /// From the header on, which is left zero.
    public private(set) var octets: [UInt8]
    private var suffixes: [Suffix] = []

    public init(headerOctetCount: Int) {
        octets = [UInt8](repeating: 0, count: headerOctetCount)
        octets.reserveCapacity(512)
    }

    /// A place to come back to.
    public struct Mark: Sendable { fileprivate var octetCount, suffixCount: Int }

    public var mark: Mark { Mark(octetCount: octets.count, suffixCount: suffixes.count) }

    public mutating func rewind(to mark: Mark) {
        octets.removeSubrange(mark.octetCount...)
        suffixes.removeSubrange(mark.suffixCount...)
    }

    public mutating func append(_ question: DNSMessage.Question) {
        append(question.name)
        octets.append(bigEndian: question.type.rawValue)
        octets.append(bigEndian: question.qclass.rawValue)
    }

    public mutating func append(_ record: DNSMessage.Record) {
        append(record.owner)
        octets.append(bigEndian: record.type.rawValue)
        octets.append(bigEndian: record.qclass.rawValue)
        octets.append(bigEndian: record.ttl)
        let length = octets.count
        octets.append(bigEndian: UInt16(0))
        append(rdata: record.rdata, of: record.type)
        let count = UInt16(truncatingIfNeeded: octets.count - length - 2)
        octets[length] = UInt8(truncatingIfNeeded: count >> 8)
        octets[length + 1] = UInt8(truncatingIfNeeded: count)
    }

    private mutating func append(rdata: [UInt8], of type: RRType) {
        guard RDATALayout.compresses(type) else { return octets += rdata }
        var at = 0
        for part in RDATALayout.parts(of: type) {
            switch part {
            case .octets(let count) where at + count <= rdata.count:
                octets += rdata[at..<at + count]
                at += count
            case .name:
                // RDATA that holds no name where one belongs goes out as it is.
                guard let name = try? Name(reading: rdata.rawSpan, at: &at) else { return octets += rdata[at...] }
                append(name)
            case .octets, .string: break
            }
        }
        octets += rdata[min(at, rdata.count)...]
    }

    /// Writes a name, its longest suffix that is there already as a pointer.
    public mutating func append(_ name: Name) {
        let wire = name.wire
        var starts = InlineArray<128, UInt8>(repeating: 0)
        var count = 0
        var at = 0
        while wire[at] != 0 {
            starts[count] = UInt8(truncatingIfNeeded: at)
            count += 1
            at += 1 + Int(wire[at])
        }
        // From the root upward, so that each suffix's hash goes on from its parent's.
        var hashes = InlineArray<128, UInt64>(repeating: 0)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var shared = count
        var target = 0
        var isSharing = true
        for label in stride(from: count - 1, through: 0, by: -1) {
            let start = Int(starts[label])
            for octet in start...start + Int(wire[start]) {
                hash = (hash ^ UInt64(CaseFolding.fold(wire[octet]))) &* 0x0000_0100_0000_01b3
            }
            hashes[label] = hash
            guard isSharing else { continue }
            if let found = find(hash, wire, from: start) {
                (shared, target) = (label, found)
            } else {
                isSharing = false
            }
        }
        for label in 0..<shared {
            let start = Int(starts[label])
            if octets.count < 0x4000, suffixes.count < Self.suffixCountMax {
                suffixes.append(Suffix(hash: hashes[label], offset: octets.count))
            }
            octets += wire[start...start + Int(wire[start])]
        }
        if shared < count { octets.append(bigEndian: UInt16(0xC000 | target)) } else { octets.append(0) }
    }

    private func find(_ hash: UInt64, _ wire: [UInt8], from start: Int) -> Int? {
        for suffix in suffixes where suffix.hash == hash && isEqual(at: suffix.offset, wire, start) {
            return suffix.offset
        }
        return nil
    }

    /// Whether the name written at `offset` is the suffix of `wire` at `start`, case aside; our own pointers aim backward.
    private func isEqual(at offset: Int, _ wire: [UInt8], _ start: Int) -> Bool {
        var (at, place) = (offset, start)
        while true {
            while octets[at] >= 0xC0 { at = Int(octets[at] & 0x3F) << 8 | Int(octets[at + 1]) }
            guard octets[at] == wire[place] else { return false }
            if wire[place] == 0 { return true }
            for index in 1...Int(wire[place])
            where CaseFolding.fold(octets[at + index]) != CaseFolding.fold(wire[place + index]) {
                return false
            }
            at += 1 + Int(octets[at])
            place += 1 + Int(wire[place])
        }
    }
}
