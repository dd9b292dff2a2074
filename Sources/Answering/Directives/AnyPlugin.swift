package import Corefile
package import DNSWire

/// `any`: answers QTYPE ANY with one made-up HINFO record, whatever there is at the name (RFC 8482 §4.2).
package final class AnyPlugin: Plugin {
    package static let directive = "any"

    private static let ttl: UInt32 = 3600
    private let record: [UInt8]

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectArguments()
        try directive.rejectOptions()
        var record: [UInt8] = []
        record.appendRecord(
            owner: [0xC0, 0x0C], type: .hinfo, ttl: Self.ttl, rdata: RDATA.txt("RFC8482") + RDATA.txt(""))
        self.record = record
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard query.qtype == .any else { return .pass }
        let record = record
        if !response.appendRecord(record.rawSpan, to: .answer) { response.flags |= Query.Flag.truncated }
        return .answered(.noError)
    }
}
