/// A query as it came in, read just far enough to answer it well or badly.
///
/// This reader and `Reply` share nothing with the product's codec: what tests the server must not err with it.
struct Question: Sendable {
    static let headerSize = 12
    private static let opt: UInt8 = 41

    var id: UInt16
    /// Name, type and class as they came, letter case included.
    var octets: [UInt8]
    /// In lower case, without the root.
    var labels: [String]
    var type: UInt16
    var recordClass: UInt16
    /// The UDP size of the OPT record; nil without one.
    var udpSize: Int?
    var overTCP: Bool

    /// Nil where the message is no query with one question.
    init?(_ message: [UInt8], overTCP: Bool) {
        guard message.count >= Self.headerSize, message[2] & 0x80 == 0, message[4] == 0, message[5] == 1 else {
            return nil
        }
        var at = Self.headerSize
        var labels: [String] = []
        while at < message.count, message[at] != 0 {
            let end = at + 1 + Int(message[at])
            guard message[at] < 64, end < message.count else { return nil }
            labels.append(String(decoding: message[at + 1..<end].map(Self.folded), as: UTF8.self))
            at = end
        }
        guard at + 5 <= message.count else { return nil }
        id = UInt16(message[0]) << 8 | UInt16(message[1])
        octets = Array(message[Self.headerSize..<at + 5])
        self.labels = labels
        type = UInt16(message[at + 1]) << 8 | UInt16(message[at + 2])
        recordClass = UInt16(message[at + 3]) << 8 | UInt16(message[at + 4])
        self.overTCP = overTCP
        let rest = message[(at + 5)...]
        if message[11] > 0, rest.count >= 11, rest[at + 5] == 0, rest[at + 7] == Self.opt {
            udpSize = Int(rest[at + 8]) << 8 | Int(rest[at + 9])
        }
    }

    var name: String { labels.joined(separator: ".") }

    /// The name as it came: letter case is what 0x20 is about.
    var nameOctets: ArraySlice<UInt8> { octets.dropLast(4) }

    /// The offset in a message of the label at `index`; that of the root for an index past the end.
    func offset(ofLabel index: Int) -> Int {
        Self.headerSize + labels.prefix(index).reduce(0) { $0 + 1 + $1.utf8.count }
    }

    static func folded(_ octet: UInt8) -> UInt8 { (65...90).contains(octet) ? octet | 0x20 : octet }

    static func isLetter(_ octet: UInt8) -> Bool { (97...122).contains(octet | 0x20) }
}
