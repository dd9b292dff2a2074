package import Answering
import DNSWire
import NetworkAddress

/// Writes records in the words of CoreDNS' `log` and `errors`, each one line, whatever octets a name has.
package enum QueryLogLine {
    /// In CoreDNS' words every TCP client takes the largest message there is.
    private static let tcpBufferSize = 65_535
    /// What stands where a record says nothing.
    private static let nothing = "-"

    /// The line of `log`: `[INFO] ` and the format, its placeholders filled in, with a newline.
    package static func append(_ record: QueryRecord, _ format: LogFormat, to text: inout [UInt8]) {
        text += "[INFO] ".utf8
        for part in format.parts {
            switch part {
            // A format may hold what the Corefile's quotes let through, but a line stays a line.
            case .text(let words): text += words.utf8.map { $0 < 0x20 ? 0x20 : $0 }
            case .field(let field): append(record, field, to: &text)
            }
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// What `errors` says of a query that failed for `reason`: `2 example.org. A: reason`.
    package static func error(_ record: QueryRecord, reason: String) -> String {
        "\(record.rcode.rawValue) \(name(of: record)) \(record.type): \(reason)"
    }

    private static func append(_ record: QueryRecord, _ field: LogFormat.Field, to text: inout [UInt8]) {
        switch field {
        case .type: text += record.type.description.utf8
        case .name: text += name(of: record).utf8
        case .class: text += record.qclass.description.utf8
        case .proto: text += record.transport.label.utf8
        case .remote: text += address(record.remote).utf8
        case .local, .opcode: text += (field == .opcode ? "0" : nothing).utf8
        case .size: append(record.requestOctetCount, to: &text)
        case .port: append(Int(record.remotePort), to: &text)
        case .duration: appendSeconds(nanoseconds: record.durationNanoseconds, to: &text)
        case .rcode: text += record.rcode.description.utf8
        case .rsize: append(record.responseOctetCount, to: &text)
        case .rflags: text += flags(record.responseFlags).utf8
        case .bufsize: append(record.transport == .tcp ? tcpBufferSize : record.bufferSize, to: &text)
        case .dnssecOK: text += (record.dnssecOK ? "true" : "false").utf8
        case .id: append(Int(record.id), to: &text)
        }
    }

    /// Presentation format: no octet of a name ends a line or a quotation.
    private static func name(of record: QueryRecord) -> String {
        var text = ""
        var at = 0
        while at < record.nameOctetCount, record.name[at] != 0 {
            let end = min(at + 1 + Int(record.name[at]), record.nameOctetCount)
            text += Name.text(of: (at + 1..<end).map { record.name[$0] }) + "."
            at = end
        }
        return text.isEmpty ? "." : text
    }

    private static func address(_ address: IPAddress) -> String {
        address.family == .ipv4 ? address.description : "[\(address)]"
    }

    /// The flags that are set in the second header word, in the order of their bits: `qr,aa,rd`.
    private static func flags(_ word: UInt16) -> String {
        let names: [(UInt16, String)] = [
            (Query.Flag.response, "qr"), (Query.Flag.authoritative, "aa"), (Query.Flag.truncated, "tc"),
            (Query.Flag.recursionDesired, "rd"), (Query.Flag.recursionAvailable, "ra"), (0x0040, "z"),
            (Query.Flag.authenticData, "ad"), (Query.Flag.checkingDisabled, "cd"),
        ]
        return names.filter { word & $0.0 != 0 }.map(\.1).joined(separator: ",")
    }

    private static func append(_ number: Int, to text: inout [UInt8]) { text += String(number).utf8 }

    /// Seconds without an exponent and without needless zeros: `0.000107102s`.
    private static func appendSeconds(nanoseconds: UInt64, to text: inout [UInt8]) {
        text += String(nanoseconds / 1_000_000_000).utf8
        var digits = Array(String(nanoseconds % 1_000_000_000 + 1_000_000_000).utf8.dropFirst())
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if !digits.isEmpty { text += [UInt8(ascii: ".")] + digits }
        text.append(UInt8(ascii: "s"))
    }
}
