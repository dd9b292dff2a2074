/// Octets that cannot be a protobuf message (https://protobuf.dev/programming-guides/encoding/).
struct ProtobufError: Error, Hashable {}

/// The head of a protobuf field: its number and type, and the value or the length that follows.
struct ProtobufHead: Hashable {
    enum Content: Hashable {
        case number(UInt64)
        /// So many octets follow: a string, octets, or a message.
        case octets(Int)
        /// So many octets of a number of fixed size follow; no message of ours has one.
        case fixed(Int)
    }

    var number: UInt64
    var content: Content

    /// How many octets follow.
    var octetCount: Int {
        switch content {
        case .number: 0
        case .octets(let count), .fixed(let count): count
        }
    }

    /// Reads the head at `place` and moves behind it; nil, and `place` as it was, where the octets end before it does.
    static func read(_ octets: Span<UInt8>, at place: inout Int) throws(ProtobufError) -> ProtobufHead? {
        var next = place
        guard let key = try varint(octets, &next) else { return nil }
        let number = key >> 3
        guard number > 0, number < 1 << 29 else { throw ProtobufError() }
        let content: Content
        switch key & 7 {
        case 0:
            guard let value = try varint(octets, &next) else { return nil }
            content = .number(value)
        case 1: content = .fixed(8)
        case 2:
            guard let count = try varint(octets, &next) else { return nil }
            guard count <= UInt64(Int32.max) else { throw ProtobufError() }
            content = .octets(Int(count))
        case 5: content = .fixed(4)
        default: throw ProtobufError()
        }
        place = next
        return ProtobufHead(number: number, content: content)
    }

    /// At most ten octets, seven bits each, the lowest first.
    private static func varint(_ octets: Span<UInt8>, _ place: inout Int) throws(ProtobufError) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < octets.count {
            let octet = octets[place]
            place += 1
            value |= UInt64(octet & 0x7F) << shift
            if octet < 0x80 { return value }
            shift += 7
            guard shift < 70 else { throw ProtobufError() }
        }
        return nil
    }
}

/// A complete field of a message.
struct ProtobufField {
    enum Value {
        case number(UInt64)
        case octets(Range<Int>)
    }

    var number: UInt64
    var value: Value
}

/// Walks the fields of a message that lies between two places of some octets.
struct ProtobufFields {
    private var place: Int
    private let end: Int

    init(_ range: Range<Int>) {
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end of the message, and throws where that cuts a field.
    mutating func next(_ octets: Span<UInt8>) throws(ProtobufError) -> ProtobufField? {
        while place < end {
            guard let head = try ProtobufHead.read(octets.extracting(..<end), at: &place) else { throw ProtobufError() }
            switch head.content {
            case .number(let value): return ProtobufField(number: head.number, value: .number(value))
            case .octets(let count): return ProtobufField(number: head.number, value: .octets(try take(count)))
            case .fixed(let count): _ = try take(count)
            }
        }
        return nil
    }

    private mutating func take(_ count: Int) throws(ProtobufError) -> Range<Int> {
        guard count <= end - place else { throw ProtobufError() }
        defer { place += count }
        return place..<place + count
    }
}
