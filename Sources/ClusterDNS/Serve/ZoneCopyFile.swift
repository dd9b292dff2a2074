import DNSWire
import DNSZone
import Foundation
import Transfers

/// A copy of a zone on disk: the messages of a transfer, each behind its length, and their hash at the end.
///
/// When it was last known to be good is the file's time of modification.
struct ZoneCopyFile {
    private static let magic = Array("clusterdns zone copy 1\n".utf8)
    private static let hashOctetCount = 8
    private static let octetCountMax = 1 << 30

    let path: String
    private let apex: Name

    /// The name is the zone's; what could be a path in it is written as a number.
    init(directory: String, apex: Name) {
        self.apex = apex
        let name = "\(apex.folded)".utf8.map { octet in
            octet == UInt8(ascii: "/") ? "%2f" : String(UnicodeScalar(octet))
        }
        path = directory + "/zone." + name.joined() + "copy"
    }

    /// Replaces the file at once and as a whole: a copy that is cut is never seen.
    func write(_ zone: Zone) throws {
        let question = DNSMessage.Question(name: zone.apex, type: .axfr)
        let order = TransferOrder(.whole, of: TransferableZone(zone), question: question, id: 0, flags: 0)
        var octets = Self.magic
        for message in order.messages() ?? [] {
            octets.append(bigEndian: UInt16(message.count))
            octets += message
        }
        let hash = Self.hash(octets[...])
        octets.append(bigEndian: UInt32(truncatingIfNeeded: hash >> 32))
        octets.append(bigEndian: UInt32(truncatingIfNeeded: hash))
        let temporary = path + ".new"
        guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: temporary)
        else { throw CocoaError(.fileWriteNoPermission) }
        try file.write(contentsOf: octets)
        try file.synchronize()
        try file.close()
        // SAFETY: both are strings that last for the call.
        guard unsafe rename(temporary, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// The copy is good as of now.
    func touch() { try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path) }

    /// The zone, and how long ago it was good; nil where there is no file, or one that is damaged.
    func read() -> (zone: Zone, age: Duration)? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let modified = attributes[.modificationDate] as? Date, let size = attributes[.size] as? Int,
            size <= Self.octetCountMax, let data = FileManager.default.contents(atPath: path)
        else { return nil }
        let octets = Array(data)
        let end = octets.count - Self.hashOctetCount
        guard end >= Self.magic.count, octets.starts(with: Self.magic),
            octets[end...].reduce(0, { $0 << 8 | UInt64($1) }) == Self.hash(octets[..<end])
        else { return nil }
        var intake = TransferIntake(apex: apex, id: 0)
        var at = Self.magic.count
        while at + 2 <= end {
            let next = at + 2 + (Int(octets[at]) << 8 | Int(octets[at + 1]))
            guard next <= end else { return nil }
            if case .whole(let zone)? = try? intake.take(Array(octets[at + 2..<next]), now: 0) {
                return (zone, .seconds(max(0, Date().timeIntervalSince(modified))))
            }
            at = next
        }
        return nil
    }

    /// FNV-1a.
    private static func hash(_ octets: ArraySlice<UInt8>) -> UInt64 {
        octets.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
