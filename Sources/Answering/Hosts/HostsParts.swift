import DNSWire
import NetworkAddress

/// One name of one address, as a file or the Corefile has it.
struct HostsLine: ~Escapable {
    /// Of the name or the address; lines that belong together have the same.
    let key: UInt64
    let address: IPAddress
    /// Rises from line to line.
    let sequence: UInt32
    /// In folded wire form.
    let name: RawSpan

    @_lifetime(copy name)
    init(key: UInt64, address: IPAddress, sequence: UInt32, name: RawSpan) {
        self.key = key
        self.address = address
        self.sequence = sequence
        self.name = name
    }

    /// In memory order eight octets each: KEY, the halves of the address, and SEQUENCE with the lengths of address and name.
    static let headOctetCount = 32

    /// Reads the line at `offset`.
    @_lifetime(copy octets)
    init(_ octets: RawSpan, at offset: Int) {
        key = octets[word64: offset]
        let (high, low, rest) = (octets[word64: offset + 8], octets[word64: offset + 16], octets[word64: offset + 24])
        address =
            rest >> 32 & 0xFF == 4 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(high: high, low: low)
        sequence = UInt32(truncatingIfNeeded: rest)
        let start = offset + Self.headOctetCount
        name = octets.extracting(start..<start + Int(rest >> 40))
    }

    func append(to octets: inout [UInt8]) {
        let lengths = UInt64(address.octetCount) | UInt64(name.byteCount) << 8
        let head: InlineArray<4, UInt64> = [key, address.high, address.low, UInt64(sequence) | lengths << 32]
        // SAFETY: words have no padding.
        octets.append(octetsOf: unsafe head.span.bytes)
        octets.append(octetsOf: name)
    }
}

/// Lines spread over parts by their keys, so that what belongs together is found in memory that is small and near.
struct HostsParts: Sendable {
    static let count = 256

    private var parts = [[UInt8]](repeating: [], count: count)

    mutating func append(_ line: borrowing HostsLine) {
        line.append(to: &parts[Int(line.key >> 56)])
    }

    /// The groups of a part, which is empty afterwards.
    mutating func take(_ index: Int) -> HostsPart {
        let part = HostsPart(parts[index])
        parts[index] = []
        return part
    }
}

/// Lines of one part in groups: those that have one key, in the order of the file.
///
/// Keys have 64 bits and a secret seed: that two names or addresses share one is not to be expected.
struct HostsPart {
    private struct Place: Comparable {
        var key: UInt64
        var sequence: UInt32
        var offset: UInt32

        static func < (left: Place, right: Place) -> Bool {
            left.key != right.key ? left.key < right.key : left.sequence < right.sequence
        }
    }

    private let octets: [UInt8]
    private var places: [Place] = []
    /// Where each group starts in `places`, and where the last ends.
    private var starts: [Int] = []

    init(_ octets: [UInt8]) {
        self.octets = octets
        let all = octets.rawSpan
        var at = 0
        while at < all.byteCount {
            let line = HostsLine(all, at: at)
            places.append(Place(key: line.key, sequence: line.sequence, offset: UInt32(at)))
            at += HostsLine.headOctetCount + line.name.byteCount
        }
        places.sort()
        for place in places.indices where place == 0 || places[place - 1].key != places[place].key {
            starts.append(place)
        }
        starts.append(places.count)
    }

    var groupCount: Int { starts.count - 1 }

    /// The numbers of a group's lines.
    func group(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

    subscript(_ line: Int) -> HostsLine {
        @_lifetime(borrow self)
        get { HostsLine(octets.rawSpan, at: Int(places[line].offset)) }
    }
}
