import SwiftProtobuf

/// Takes a list in protobuf apart: lengths stand before what they count, so an item is known by its head.
///
/// Body, envelope and list are entered one after the other; see `ProtobufEnvelope` and the messages `Unknown` and
/// `ListMeta` in kubernetes.proto. A list is `{metadata = 1, items = 2}` whatever its kind.
struct ProtobufListSplitter: ListSplitting {
    static let encoding = ObjectEncoding.protobuf

    private enum Level: Hashable {
        case magic
        case envelope
        /// So many octets of the list are still to come.
        case list(remaining: Int)
    }

    /// A field whose head is read, and whose octets have not all arrived.
    private struct Pending: Hashable {
        var isInList: Bool
        var number: UInt64
        var count: Int
    }

    private let octetCountMax: Int
    private var input = InputBuffer()
    private var level = Level.magic
    private var pending: Pending?
    /// Octets still to come of a field that nobody wants.
    private var skipping = 0

    init(octetCountMax: Int) { self.octetCountMax = octetCountMax }

    var isComplete: Bool {
        (level == .envelope || level == .list(remaining: 0)) && pending == nil && skipping == 0 && input.isEmpty
    }

    mutating func append(_ chunk: RawSpan) { input.append(chunk) }

    mutating func next() throws(StreamError) -> ListPart? {
        while true {
            if skipping > 0 {
                let count = min(skipping, input.count)
                input.drop(count)
                skipping -= count
                if skipping > 0 { return nil }
            }
            if let pending {
                guard input.count >= pending.count else { return nil }
                if let part = try part(pending) { return part }
            } else if let head = try enter() {
                if try take(head) { return .oversizedItem }
            } else {
                return nil
            }
        }
    }

    /// The head of the next field, behind all that surrounds it; nil until that has arrived.
    private mutating func enter() throws(StreamError) -> ProtobufHead? {
        if level == .magic {
            guard try ProtobufEnvelope.hasMagic(input.unread) else { return nil }
            input.drop(ProtobufEnvelope.magic.count)
            level = .envelope
        }
        if level == .list(remaining: 0) { level = .envelope }
        let start = input.offset
        guard let head = try input.head() else { return nil }
        if case .list(let remaining) = level {
            let count = input.offset - start + head.octetCount
            guard count <= remaining else {
                throw StreamError("field \(head.number) at octet \(start) of the body is longer than the list it is in")
            }
            level = .list(remaining: remaining - count)
        }
        return head
    }

    /// Decides what becomes of the field behind `head`; true for an item over the limit.
    private mutating func take(_ head: ProtobufHead) throws(StreamError) -> Bool {
        let isInList = if case .list = level { true } else { false }
        switch (isInList, head.number, head.content) {
        case (false, 2, .octets(let count)): level = .list(remaining: count)
        case (false, 1, .octets(let count)), (true, 1...3, .octets(let count)):
            guard count > octetCountMax else {
                pending = Pending(isInList: isInList, number: head.number, count: count)
                return false
            }
            skipping = count
            return isInList && head.number == 2
        default: skipping = head.octetCount
        }
        return false
    }

    private mutating func part(_ field: Pending) throws(StreamError) -> ListPart? {
        let octets = input.unread.prefix(field.count)
        input.drop(field.count)
        pending = nil
        switch (field.isInList, field.number) {
        case (false, _):
            let type: WireTypeMeta = try Self.message(octets)
            return .type(apiVersion: type.apiVersion, kind: type.kind)
        case (true, 1): return .metadata(try Self.message(octets))
        case (true, 2): return .item(octets)
        case (true, _): return .message(String(decoding: octets, as: UTF8.self))
        }
    }

    private static func message<Message: SwiftProtobuf.Message>(
        _ octets: ArraySlice<UInt8>
    ) throws(StreamError) -> Message {
        do {
            return try Message(serializedBytes: octets.rawSpan, options: .keptFields)
        } catch {
            throw StreamError("the type or the metadata of the list cannot be read (\(error))")
        }
    }
}
