package import Answering
package import ZoneFiles

/// A reply that libldns could read and that fits its query.
package struct Reply: Sendable {
    /// What no reply may be.
    package struct Fault: Error, CustomStringConvertible {
        package var description: String
    }

    package let octets: [UInt8]
    package let message: LDNSMessage

    /// Throws where libldns cannot read it, or where ID, question, size or end are not as the query asks.
    package init(_ octets: [UInt8], to query: QueryOctets, over transport: QueryTransport) throws {
        self.octets = octets
        guard !octets.isEmpty else { throw Fault(description: "silence") }
        message = try LDNSMessage(octets)
        guard message.octetCount == octets.count else { throw Fault(description: "octets behind the last record") }
        guard message.flags.contains(.qr), message.id == query.id else {
            throw Fault(description: "a reply to another query")
        }
        let question = query.question
        guard message.question.isEmpty || Array(octets[12...].prefix(question.count)) == question else {
            throw Fault(description: "another question: \(message.question)")
        }
        let limit = transport == .tcp ? 65_535 : query.edns.map { min(4096, max(512, Int($0.udpSize))) } ?? 512
        guard octets.count <= limit else { throw Fault(description: "\(octets.count) octets, over \(limit)") }
        guard (message.edns != nil) == (query.edns != nil) || message.question.isEmpty else {
            throw Fault(description: "OPT in one of query and reply only")
        }
    }

    package var rcode: String { Self.rcodes[message.rcode] ?? "RCODE\(message.rcode)" }

    private static let rcodes = [
        0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 16: "BADVERS",
    ]
}

extension Reply {
    /// The reply in a line: `A 10.0.0.1, A 10.0.0.2 + glue A 10.0.0.3`, `NODATA`, `NXDOMAIN`, `REFUSED (tc)`.
    ///
    /// Names are relative to `cluster.local`, owners equal to QNAME and TTLs are left out. `bare` stands for a negative answer
    /// without SOA. AA is shown where it is missing from an answer or stands beside a refusal.
    package var summary: String {
        var text = message.answer.isEmpty ? negative : positive
        if !message.additional.isEmpty { text += " + " + message.additional.map(relative).joined(separator: ", ") }
        let expectsAA = message.rcode == 0 || message.rcode == 3
        if message.flags.contains(.aa) != expectsAA { text += expectsAA ? " (no aa)" : " (aa)" }
        return message.flags.contains(.tc) ? text + " (tc)" : text
    }

    private var negative: String {
        guard message.rcode == 0 || message.rcode == 3 else { return rcode }
        let name = message.rcode == 0 ? "NODATA" : rcode
        let isSOA = message.authority.count == 1 && relative(message.authority[0]).contains("SOA")
        return isSOA ? name : name + " bare"
    }

    private var positive: String {
        let answers = message.answer.map(relative).joined(separator: ", ")
        return (message.rcode == 0 ? "" : rcode + ": ") + answers + (message.authority.isEmpty ? "" : " / SOA")
    }

    /// `owner type RDATA`.
    private func relative(_ line: String) -> String {
        var words = line.split(separator: " ").map(String.init)
        guard words.count >= 4 else { return line }
        let asked = message.question.first?.split(separator: " ").first?.lowercased()
        words.removeSubrange(1...2)
        if words[0].lowercased() == asked { words.removeFirst() }
        return words.map(Self.relative(name:)).joined(separator: " ")
    }

    private static func relative(name: String) -> String {
        let origin = "cluster.local."
        if name == origin { return "@" }
        return name.hasSuffix("." + origin) ? String(name.dropLast(origin.count + 1)) : name
    }
}
