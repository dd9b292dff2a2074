import Answering
import Corefile
import DNSWire
import Glibc
import NetworkAddress
import ServiceLifecycle
import Testing

@testable import Serving

struct QueryLogLineTests {
    private static func format(_ text: String) throws -> LogFormat {
        try LogFormat(Token(text: text, position: SourcePosition(file: "Corefile", line: 1, column: 1)))
    }

    private static func record(_ name: Name, _ change: (inout QueryRecord) -> Void = { _ in }) -> QueryRecord {
        var record = QueryRecord()
        record.nameOctetCount = name.wire.count
        for (index, octet) in name.wire.enumerated() { record.name[index] = octet }
        record.type = .a
        record.qclass = .internet
        change(&record)
        return record
    }

    private static func line(_ record: QueryRecord, _ format: String = "{common}") throws -> String {
        var text: [UInt8] = []
        QueryLogLine.append(record, try Self.format(format), to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The example line in the documentation of CoreDNS' `log`.
    @Test func documentedExample() throws {
        let record = try Self.record(Name("example.org.")) {
            $0.remote = IPAddress(high: 0, low: 1)
            ($0.remotePort, $0.id) = (50_759, 29_008)
            ($0.requestOctetCount, $0.bufferSize, $0.responseOctetCount) = (41, 4096, 68)
            $0.responseFlags = 0x8000 | 0x0100 | 0x0080 | 0x0020
            $0.durationNanoseconds = 37_990_251
        }
        #expect(
            try Self.line(record)
                == "[INFO] [::1]:50759 - 29008 \"A IN example.org. udp 41 false 4096\" NOERROR qr,rd,ra,ad 68 0.037990251s\n"
        )
    }

    struct Row: Sendable {
        var label: String, format: String, want: String
        var change: @Sendable (inout QueryRecord) -> Void = { _ in }
    }

    static let rows = [
        Row(label: "IPv4", format: "{remote}:{port}", want: "192.0.2.1:53") {
            ($0.remote, $0.remotePort) = (IPAddress(ipv4: 0xC000_0201), 53)
        },
        Row(label: "text around and between", format: "a {type} b {class} c", want: "a A b IN c"),
        Row(label: "unknown type and class", format: "{type} {class}", want: "TYPE65280 CLASS9") {
            ($0.type, $0.qclass) = (RRType(rawValue: 65_280), RRClass(rawValue: 9))
        },
        Row(label: "TCP takes 65535", format: "{proto} {>bufsize}", want: "tcp 65535") { $0.transport = .tcp },
        Row(label: "DO bit", format: "{>do}", want: "true") { $0.dnssecOK = true },
        Row(label: "all flags", format: "{>rflags}", want: "qr,aa,tc,rd,ra,z,ad,cd") { $0.responseFlags = 0x87F0 },
        Row(label: "RCODE", format: "{rcode} {rsize}", want: "NXDOMAIN 0") { $0.rcode = .nxDomain },
        Row(label: "no time at all", format: "{duration}", want: "0s"),
        Row(label: "whole seconds", format: "{duration}", want: "2s") { $0.durationNanoseconds = 2_000_000_000 },
        Row(label: "no needless zeros", format: "{duration}", want: "0.0001071s") { $0.durationNanoseconds = 107_100 },
        Row(label: "opcode", format: "{>opcode}", want: "0"),
        Row(label: "combined", format: "{combined}", want: ":0 - 0 \"A IN x. udp 0 false 512\" NOERROR  0 0s \"0\"") {
            _ in
        },
    ]

    @Test(arguments: rows) func field(_ row: Row) throws {
        let record = Self.record(try Name("x."), row.change)
        let line = try Self.line(record, row.format)
        #expect(line.hasPrefix("[INFO] ") && line.hasSuffix(row.want + "\n"), "\(row.label): \(line)")
    }

    @Test func hostileNameStaysOneLine() throws {
        let record = Self.record(try Name(labels: [Array("a\nb\"c\\d.\u{0}".utf8) + [0xFF]]))
        #expect(try Self.line(record, "{name}") == "[INFO] a\\010b\\\"c\\\\d\\.\\000\\255.\n")
    }

    @Test func everyOctetInANameIsPrintable() throws {
        for octet in UInt8.min...UInt8.max {
            let line = try Self.line(Self.record(try Name(labels: [[octet]])), "{name}")
            #expect(line.utf8.dropLast().allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    @Test func root() throws { #expect(try Self.line(Self.record(.root), "{name}") == "[INFO] .\n") }

    /// The form in the documentation of CoreDNS' `errors`: RCODE, name, type, reason.
    @Test func errorLine() throws {
        let record = Self.record(try Name("example.org.")) { $0.rcode = .servFail }
        #expect(QueryLogLine.error(record, reason: "no upstream") == "2 example.org. A: no upstream")
    }
}

struct QueryLogErrorsTests {
    private static func text(_ body: (inout QueryLogErrors, inout [UInt8]) throws -> Void) rethrows -> String {
        var (errors, text) = (QueryLogErrors(), [UInt8]())
        try body(&errors, &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// What the directive makes of a `consolidate` line with an interval of 30 seconds.
    private static func rule(_ pattern: String, _ level: String = "error") throws -> ErrorRule {
        let directives = "hosts\nerrors {\n consolidate 30s \"\(pattern)\" \(level)\n}"
        let blocks = try TCPTestServer(directives: directives).publisher.state.configuration.blocks
        return try #require(blocks.first?.settings.errorRules.first)
    }

    @Test func oneByOneWithoutARule() {
        let text = Self.text { errors, text in
            for _ in 0..<2 { errors.add(QueryRecord(), reason: "timeout", rules: [], at: .now, to: &text) }
        }
        #expect(text == "[ERROR] plugin/errors: 0 . TYPE0: timeout\n[ERROR] plugin/errors: 0 . TYPE0: timeout\n")
    }

    @Test func matchingErrorsAreSaidOnceAnInterval() throws {
        let start = ContinuousClock.now
        let rules = [try Self.rule("^i/o .*", "warning")]
        let text = Self.text { errors, text in
            for _ in 0..<3 { errors.add(QueryRecord(), reason: "i/o timeout", rules: rules, at: start, to: &text) }
            errors.flush(at: start + .seconds(29), to: &text)
            #expect(text.isEmpty)
            errors.flush(at: start + .seconds(30), to: &text)
            errors.flush(at: start + .seconds(61), to: &text)
        }
        #expect(text == "[WARNING] plugin/errors: 3 errors like '^i/o .*' occurred in last 30s\n")
    }

    @Test func firstRuleThatMatchesCounts() throws {
        let rules = [try Self.rule("nothing"), try Self.rule("time", "info"), try Self.rule("timeout")]
        let text = Self.text { errors, text in
            errors.add(QueryRecord(), reason: "timeout", rules: rules, at: .now, to: &text)
            errors.flushAll(to: &text)
        }
        #expect(text == "[INFO] plugin/errors: 1 errors like 'time' occurred in last 30s\n")
    }

    /// A line costs more than an answer: of a flood of failures some are said, and how many there were besides.
    @Test func aFloodOfErrorsIsSaidInFewLines() {
        let start = ContinuousClock.now
        let some = QueryLogErrors.lineCountMax
        let text = Self.text { errors, text in
            for index in 0..<10_000 {
                let reason = index < 5000 ? "timeout" : "reason \(index)"
                errors.add(QueryRecord(), reason: reason, rules: [], at: start, to: &text)
            }
            errors.flush(at: start + .milliseconds(999), to: &text)
            #expect(text.count { $0 == UInt8(ascii: "\n") } == some)
            errors.flush(at: start + .seconds(1), to: &text)
            errors.add(QueryRecord(), reason: "later", rules: [], at: start + .seconds(2), to: &text)
            errors.flushAll(to: &text)
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count == some + 10)
        #expect(lines.contains("[ERROR] plugin/errors: \(5000 - some) errors more within a second: timeout"))
        #expect(lines.contains("[ERROR] plugin/errors: 4993 errors more within a second: other reasons"))
        #expect(lines.last == "[ERROR] plugin/errors: 0 . TYPE0: later")
    }

    /// Go's text of a time.Duration.
    @Test(arguments: [
        (Duration.seconds(300), "5m0s"), (.seconds(3600), "1h0m0s"), (.seconds(30), "30s"),
        (.milliseconds(1500), "1.5s"),
        (.milliseconds(500), "500ms"), (.zero, "0s"), (.seconds(3661), "1h1m1s"),
    ]) func duration(_ duration: Duration, _ want: String) {
        #expect(duration.clockText == want)
    }
}

struct QueryLogRingTests {
    @Test func keepsOrderAndCountsWhatItDrops() {
        let ring = QueryLogRing(capacity: 3)
        for id in UInt16(0)..<5 {
            var record = QueryRecord()
            record.id = id
            ring.push(record)
        }
        var records: [QueryRecord] = []
        ring.drain(into: &records)
        #expect(records.map(\.id) == [0, 1, 2])
        #expect(ring.droppedCount == 2)
        ring.push(QueryRecord())
        ring.drain(into: &records)
        #expect(records.count == 1)
    }

    /// Failures alone leave most of the room to what `log` wants.
    @Test func failuresFillAQuarter() {
        let ring = QueryLogRing(capacity: 8)
        for _ in 0..<3 { ring.push(QueryRecord(), isLogged: false) }
        #expect(ring.droppedCount == 1)
        for _ in 0..<7 { ring.push(QueryRecord()) }
        #expect(ring.droppedCount == 2)
    }

    @Test func everyRecordIsKeptOrCountedAsDropped() async {
        let ring = QueryLogRing(capacity: 100_000)
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<4 { tasks.addTask { for _ in 0..<5000 { ring.push(QueryRecord()) } } }
        }
        var records: [QueryRecord] = []
        ring.drain(into: &records)
        #expect(records.count + Int(ring.droppedCount) == 20_000)
    }
}

struct QueryLogWriterTests {
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(unsafe Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private static func read(_ descriptor: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        return Array(buffer[..<max(0, count)])
    }

    private static func batch(_ directives: String, name: String, _ change: (inout QueryRecord) -> Void) throws
        -> String
    {
        let server = try TCPTestServer(directives: directives)
        var record = QueryRecord()
        let wire = try Name(name).wire
        for (index, octet) in wire.enumerated() { record.name[index] = octet }
        record.nameOctetCount = wire.count
        change(&record)
        server.log.push(record)
        var batch = QueryLogBatch()
        batch.fill(from: server.log, server.publisher.state)
        return String(decoding: batch.text, as: UTF8.self)
    }

    /// Of several `log` rules the first that covers the name decides, as in CoreDNS.
    @Test(arguments: [
        ("a.test", RCODE.noError, ""), ("a.test", .nxDomain, "[INFO] denied 0\n"),
        ("b.example", .noError, "[INFO] all 0\n"), ("notatest", .nxDomain, "[INFO] all 0\n"),
    ]) func firstRuleDecides(_ name: String, _ rcode: RCODE, _ want: String) throws {
        let rules = "hosts\nlog test \"denied {>opcode}\" {\n class denial\n}\nlog . \"all {>opcode}\""
        #expect(try Self.batch(rules, name: name) { $0.rcode = rcode } == want)
    }

    @Test func failureIsAnErrorLine() throws {
        let text = try Self.batch("hosts\nerrors", name: "x.test") { ($0.isError, $0.rcode) = (true, .servFail) }
        #expect(text.hasPrefix("[ERROR] plugin/errors: 2 x.test. TYPE0: "))
        #expect(try Self.batch("hosts", name: "x.test") { $0.isError = true } == "")
    }

    @Test func blockOfAnEarlierConfigurationIsNoTrap() throws {
        #expect(try Self.batch("hosts\nlog", name: "x.test") { $0.block = 7 } == "")
    }

    @Test func fullPipeTakesWholeLinesAndNeverBlocks() throws {
        let (read, write) = try Self.pipe()
        defer { for end in [read, write] { close(end) } }
        let line = Array("[INFO] \(String(repeating: "x", count: 90))\n".utf8)
        var text = Array(repeatElement(line, count: 5000).joined())
        QueryLogOutput(descriptor: write).write(&text)
        #expect(!text.isEmpty)
        let taken = Self.read(read)
        #expect(taken.count % line.count == 0 && taken.count + text.count == 5000 * line.count)
        QueryLogOutput(descriptor: write).write(&text)
        #expect(text.count < 5000 * line.count - taken.count)
    }

    @Test(.timeLimit(.minutes(1))) func serviceWritesWhatIsLeftWhenItEnds() async throws {
        let (read, write) = try Self.pipe()
        defer { for end in [read, write] { close(end) } }
        let server = try TCPTestServer(directives: "hosts\nlog . \"{name}\"")
        let writer: any Service = QueryLogWriter(
            ring: server.log, publisher: server.publisher, output: QueryLogOutput(descriptor: write))
        var record = QueryRecord()
        record.nameOctetCount = 1
        server.log.push(record)
        let task = Task { try await writer.run() }
        task.cancel()
        try await task.value
        #expect(String(decoding: Self.read(read), as: UTF8.self) == "[INFO] .\n")
    }
}
