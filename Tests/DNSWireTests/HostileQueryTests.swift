import DNSTesting
import DNSWire
import Glibc
import Testing

/// Messages that are meant to keep a parser busy cost it next to nothing (robustness facts 4 and 7).
@Suite(.serialized) struct HostileQueryTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var octets: [UInt8]
        var want: Query.Verdict
        var testDescription: String { label }
    }

    /// 253 octets: 126 labels of one octet each, and the root.
    private static let longName: [UInt8] = Array(repeating: [1, 0x61], count: 126).flatMap { $0 } + [0]

    private static func header(_ counts: UInt16...) -> [UInt8] {
        big(0x1DD5) + big(0x0100) + counts.flatMap { big($0) }
    }

    /// A record with TTL 0.
    private static func record(_ owner: [UInt8], _ type: UInt16, _ data: [UInt8] = []) -> [UInt8] {
        owner + big(type) + big(1) + [0, 0, 0, 0] + big(UInt16(data.count)) + data
    }

    /// As many records as a message over TCP holds, all with the question's name.
    private static func records() -> [UInt8] {
        let question = longName + big(1) + big(1)
        let one = record(big(0xC00C), 1)
        let count = (65_535 - 12 - question.count) / one.count
        return header(1, 0, 0, UInt16(count)) + question + Array(repeating: one, count: count).flatMap { $0 }
    }

    private static func pointers(to offsets: [Int]) -> [UInt8] { offsets.flatMap { big(UInt16(0xC000 + $0)) } }

    /// Pointers behind each other in the data of one record, each to the one before it; the next one's owner is the last.
    private static func chain() -> [UInt8] {
        let question: [UInt8] = [1, 0x61, 0] + big(1) + big(1)
        let start = 12 + question.count + 11
        let pointers = pointers(to: [12] + (0..<7_999).map { start + 2 * $0 })
        let last = Self.pointers(to: [start + pointers.count - 2])
        return header(1, 1, 0, 1) + question + record([0], 16, pointers) + record(last, 1)
    }

    /// Pointers to what comes behind them.
    private static func forward() -> [UInt8] {
        header(1, 0, 0, 0) + pointers(to: (0..<200).map { 14 + 2 * $0 }) + [0, 0, 1, 0, 1]
    }

    static let rows = [
        Row(label: "a long name, pointed to by all records", octets: records(), want: .answer),
        // The owner of a record that does not matter is passed over, and where it points is nobody's concern.
        Row(label: "8,000 pointers behind each other", octets: chain(), want: .answer),
        Row(label: "200 pointers in front of each other", octets: forward(), want: .refuse(.formErr)),
    ]

    /// In a debug build, which is some twenty times slower than the program: a millisecond of its time; the quickest of five.
    @Test(arguments: rows) func hostileMessagesCostLittle(_ row: Row) {
        #expect(row.octets.count <= 65_535)
        var query = Query()
        let times = (1...5).map { _ in
            let start = Self.threadMicroseconds()
            let verdict = query.parse(row.octets.rawSpan)
            let time = Self.threadMicroseconds() - start
            #expect(verdict == row.want)
            return time
        }
        #expect((times.min() ?? 0) < 20_000, "microseconds: \(times)")
    }

    private static func threadMicroseconds() -> Int {
        var time = timespec()
        // SAFETY: the kernel fills the struct.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
}
