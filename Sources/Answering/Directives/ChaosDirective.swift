import Corefile
package import DNSWire

/// `chaos [VERSION] [AUTHOR…]`: what TXT questions of class CH are told of the server.
///
/// `version.bind` and `version.server` give VERSION (the program's own), `authors.bind` each AUTHOR (none), `hostname.bind`
/// and `id.server` the host's name. Texts are cut at 255 octets. Other names of class CH are refused, as they are without
/// the directive.
enum ChaosDirective: Setting {
    static let directive = "chaos"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectOptions()
        let words = directive.arguments.map(\.text)
        scope.settings.chaos = ChaosAnswers(
            version: words.first ?? scope.environment.program, authors: Array(words.dropFirst()),
            hostName: scope.environment.hostName)
    }
}

/// Records of class CH, ready to be copied.
package struct ChaosAnswers: Hashable, Sendable {
    private let version: [UInt8]
    private let authors: [[UInt8]]
    private let hostName: [UInt8]

    init(version: String, authors: [String], hostName: String) {
        self.version = Self.record(version)
        var seen: Set<String> = []
        self.authors = authors.filter { seen.insert($0).inserted }.map(Self.record)
        self.hostName = Self.record(hostName)
    }

    private static func record(_ text: String) -> [UInt8] {
        let rdata = RDATA.txt(text)
        var record: [UInt8] = [0xC0, 0x0C]
        record.append(bigEndian: RRType.txt.rawValue)
        record.append(bigEndian: RRClass.chaos.rawValue)
        record.append(bigEndian: UInt32(0))
        record.append(bigEndian: UInt16(truncatingIfNeeded: rdata.count))
        return record + rdata
    }

    /// nil for a name that is none of the five.
    package func answer(_ query: borrowing Query, _ response: inout ResponseWriter) -> RCODE? {
        guard query.name.labelCount == 2 else { return nil }
        let isBind = query.name.label(1, is: "bind")
        let isServer = query.name.label(1, is: "server")
        let asksForText = query.qtype == .txt || query.qtype == .any
        if isBind, query.name.label(0, is: "authors") {
            for author in authors where asksForText { append(author, &response) }
        } else if isBind || isServer, query.name.label(0, is: "version") {
            if asksForText { append(version, &response) }
        } else if isBind && query.name.label(0, is: "hostname") || isServer && query.name.label(0, is: "id") {
            if asksForText { append(hostName, &response) }
        } else {
            return nil
        }
        response.flags |= Query.Flag.authoritative
        return .noError
    }

    private func append(_ record: [UInt8], _ response: inout ResponseWriter) {
        if !response.appendRecord(record.rawSpan, to: .answer) { response.flags |= Query.Flag.truncated }
    }
}
