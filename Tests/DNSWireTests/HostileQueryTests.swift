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
    private static let longName = (0..<126).flatMap { _ in [1, 0x61] as [UInt8] } + [0]

    private static func header(_ counts: UInt16...) -> [UInt8] {
        big(0x1DD5) + big(0x0100) + counts.flatMap { big($0) }
    }

    /// As many records as a message over TCP holds, all with the question's name.
    private static func records() -> [UInt8] {
        let question = longName + big(1) + big(1)
        let record = big(0xC00C) + big(1) + big(1) + [0, 0, 0, 0] + big(0)
        let count = (65_535 - 12 - question.count) / record.count
        return header(1, 0, 0, UInt16(count)) + question + (0..<count).flatMap { _ in record }
    }

    /// Pointers behind each other through the whole message, each to the one before it, and a record that enters last.
    private static func chain() -> [UInt8] {
        let start = 12 + 7
        let pointers = (0..<8_000).flatMap { big(UInt16(0xC000 + (($0 == 0) ? 12 : start + 11 + 2 * ($0 - 1)))) }
        let holder = [0] + big(16) + big(1) + [0, 0, 0, 0] + big(UInt16(pointers.count))
        let last = big(UInt16(0xC000 + start + holder.count + pointers.count - 2))
        return header(1, 1, 0, 1) + [1, 0x61, 0] + big(1) + big(1) + holder + pointers + last + big(1) + big(1)
            + [0, 0, 0, 0] + big(0)
    }

    static let rows = [
        Row(label: "a long name, pointed to by all records", octets: records(), want: .answer),
        Row(label: "8,000 pointers behind each other", octets: chain(), want: .refuse(.formErr)),
        Row(
            label: "200 pointers in front of each other",
            octets: header(1, 0, 0, 0) + (0..<200).flatMap { big(0xC000 + 14 + 2 * $0) } + [0, 0, 1, 0, 1],
            want: .refuse(.formErr)),
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
