import NetworkAddress

/// Writes the fields that `OctetReader` reads.
struct OctetWriter {
    private(set) var octets: [UInt8] = []

    mutating func octet(_ octet: UInt8) { octets.append(octet) }

    mutating func append(_ more: some Sequence<UInt8>) { octets.append(contentsOf: more) }

    mutating func number(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            octets.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        octets.append(UInt8(truncatingIfNeeded: value))
    }

    mutating func signedNumber(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func count(_ count: Int) { number(UInt64(count)) }

    mutating func port(_ port: UInt16) {
        octets.append(UInt8(port >> 8))
        octets.append(UInt8(truncatingIfNeeded: port))
    }

    mutating func text(_ text: String) {
        count(text.utf8.count)
        octets.append(contentsOf: text.utf8)
    }

    mutating func list<Element>(_ list: [Element], _ write: (inout OctetWriter, Element) -> Void) {
        count(list.count)
        for element in list { write(&self, element) }
    }

    mutating func texts(_ texts: [String]) { list(texts) { $0.text($1) } }

    mutating func map<Value>(_ map: [String: Value], _ write: (inout OctetWriter, Value) -> Void) {
        count(map.count)
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            text(key)
            write(&self, value)
        }
    }

    mutating func textMap(_ map: [String: String]) { self.map(map) { $0.text($1) } }

    mutating func address(_ address: IPAddress) {
        octet(UInt8(address.octetCount))
        bare(address)
    }

    /// The octets alone.
    mutating func bare(_ address: IPAddress) {
        for index in 0..<address.octetCount { octets.append(address[octet: index]) }
    }

    mutating func addresses(_ addresses: [IPAddress]) { list(addresses) { $0.address($1) } }
}
