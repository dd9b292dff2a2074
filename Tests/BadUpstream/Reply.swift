/// Record types that are made here.
enum RecordType {
    static let a: UInt16 = 1
    static let ns: UInt16 = 2
    static let cname: UInt16 = 5
    static let soa: UInt16 = 6
    static let txt: UInt16 = 16
    static let aaaa: UInt16 = 28
}

struct Record: Sendable {
    /// Uncompressed, or a pointer into the question.
    var owner: [UInt8]
    var type: UInt16
    var ttl: UInt32
    var data: [UInt8]

    static let asked: [UInt8] = [0xC0, UInt8(Question.headerSize)]
}

/// A reply that can be wrong in every field.
struct Reply: Sendable {
    var id: UInt16
    var isResponse = true
    var opcode: UInt8 = 0
    var isTruncated = false
    /// AD: the upstream vouches for what it says.
    var isAuthentic = false
    var rcode: UInt8 = 0
    /// What stands in the question section, one after the other.
    var questions: [[UInt8]]
    var answers: [Record] = []
    var authorities: [Record] = []
    var additionals: [Record] = []
    var recordClass: UInt16 = 1
    var hasOPT: Bool

    init(to question: Question) {
        id = question.id
        questions = [question.octets]
        hasOPT = question.udpSize != nil
    }

    /// Recursion desired and available, as a resolver says it.
    var octets: [UInt8] {
        var octets = [UInt8(id >> 8), UInt8(id & 255)]
        octets.append((isResponse ? 0x80 : 0) | opcode << 3 | (isTruncated ? 2 : 0) | 1)
        octets.append(0x80 | (isAuthentic ? 0x20 : 0) | rcode)
        for count in [questions.count, answers.count, authorities.count, additionals.count + (hasOPT ? 1 : 0)] {
            octets += Self.bigEndian(UInt16(count))
        }
        for question in questions { octets += question }
        for record in answers + authorities + additionals { append(record, to: &octets) }
        if hasOPT { octets += [0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0] }
        return octets
    }

    private func append(_ record: Record, to octets: inout [UInt8]) {
        octets += record.owner + Self.bigEndian(record.type) + Self.bigEndian(recordClass)
        octets += Self.bigEndian(UInt16(record.ttl >> 16)) + Self.bigEndian(UInt16(record.ttl & 0xFFFF))
        octets += Self.bigEndian(UInt16(record.data.count)) + record.data
    }

    static func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
}

/// Names and RDATA as octets.
enum Octets {
    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// One character string, cut at 255 octets.
    static func text(_ text: String) -> [UInt8] {
        let octets = Array(text.utf8.prefix(255))
        return [UInt8(octets.count)] + octets
    }

    /// The MINIMUM field is `minimum`, the other times those of common practice.
    static func soa(minimum: UInt32) -> [UInt8] {
        name("ns.bad.test") + name("hostmaster.bad.test")
            + [1, 7200, 1800, 86400, minimum].flatMap { (value: UInt32) in
                Reply.bigEndian(UInt16(value >> 16)) + Reply.bigEndian(UInt16(value & 0xFFFF))
            }
    }
}
