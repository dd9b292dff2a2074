package import DNSWire

/// A query as octets, put together without the code under test.
package struct QueryOctets: Sendable {
    /// The OPT record of a query (RFC 6891 §6.1).
    package struct OPT: Sendable {
        package var udpSize: UInt16 = 1232
        package var version: UInt8 = 0
        package var dnssecOK = false
        /// RFC 9824 §5.1.
        package var compactAnswersOK = false
        /// (code, value) pairs.
        package var options: [(UInt16, [UInt8])] = []

        package init(
            udpSize: UInt16 = 1232, version: UInt8 = 0, dnssecOK: Bool = false, compactAnswersOK: Bool = false,
            options: [(UInt16, [UInt8])] = []
        ) {
            self.compactAnswersOK = compactAnswersOK
            self.udpSize = udpSize
            self.version = version
            self.dnssecOK = dnssecOK
            self.options = options
        }

        package var octets: [UInt8] {
            let data = options.flatMap { code, value in big(code) + big(UInt16(value.count)) + value }
            let flags: UInt16 = (dnssecOK ? 0x8000 : 0) | (compactAnswersOK ? 0x4000 : 0)
            return [0] + big(41) + big(udpSize) + [0, version] + big(flags) + big(UInt16(data.count)) + data
        }
    }

    package var id: UInt16 = 0x1DD5
    /// RD alone.
    package var flags: UInt16 = 0x0100
    /// QNAME as it goes on the wire.
    package var name: [UInt8]
    package var type: RRType
    package var qclass: UInt16 = 1
    package var edns: OPT?

    /// `name` is text; labels are parted by dots, and nothing is escaped.
    package init(_ name: String, _ type: RRType, edns: OPT? = nil) {
        let labels = name.split(separator: ".").map { Array($0.utf8) }
        self.init(labels: labels, type, edns: edns)
    }

    package init(labels: [[UInt8]], _ type: RRType, edns: OPT? = nil) {
        name = labels.flatMap { [UInt8($0.count)] + $0 } + [0]
        self.type = type
        self.edns = edns
    }

    package var question: [UInt8] { name + big(type.rawValue) + big(qclass) }

    package var octets: [UInt8] {
        big(id) + big(flags) + big(1) + big(0) + big(0) + big(edns == nil ? 0 : 1) + question + (edns?.octets ?? [])
    }
}

/// Two octets, the most significant first.
package func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
