/// Octets of a body that have arrived and are not read yet.
struct InputBuffer {
    /// A buffer that has grown over this is given back once it is empty.
    private static let keptCapacity = 1 << 20

    private var octets: [UInt8] = []
    /// Where the unread octets start.
    private var start = 0
    /// How many octets of the body were read before them.
    private(set) var offset = 0

    var count: Int { octets.count - start }
    var isEmpty: Bool { count == 0 }
    /// The unread octets; let go of them before the next change of the buffer, or it is copied.
    var unread: ArraySlice<UInt8> { octets[start...] }

    mutating func append(_ chunk: RawSpan) {
        if start == octets.count {
            octets.removeAll(keepingCapacity: octets.capacity <= Self.keptCapacity)
            start = 0
        } else if start > octets.count / 2 {
            octets.removeSubrange(..<start)
            start = 0
        }
        octets.append(contentsOf: chunk)
    }

    /// Counts the first `count` unread octets as read.
    mutating func drop(_ count: Int) {
        precondition(count <= self.count, "only what has arrived can be read")
        start += count
        offset += count
    }

    /// The head of the field that starts at the first unread octet, and drops it; nil while it is not complete.
    mutating func head() throws(StreamError) -> ProtobufHead? {
        var place = start
        do throws(ProtobufError) {
            guard let head = try ProtobufHead.read(octets.span, at: &place) else { return nil }
            drop(place - start)
            return head
        } catch {
            throw StreamError(
                "octet \(offset) of the body starts no protobuf field; see what answers for the API server")
        }
    }
}
