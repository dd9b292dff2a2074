import SwiftProtobuf

/// Reads a watch in protobuf: frames of four octets of length, big-endian, and a `metav1.WatchEvent`.
///
/// The event is bare, and the object in it has an envelope. Source: k8s.io/apimachinery, pkg/util/framer and
/// pkg/runtime/serializer/protobuf (`RawSerializer`).
struct ProtobufWatchReader: WatchReading {
    private let decoder: EventDecoder
    private var input = InputBuffer()
    /// Octets still to come of a frame over the limit.
    private var skipping = 0

    init(decoder: EventDecoder) { self.decoder = decoder }

    mutating func read(_ chunk: RawSpan) throws(StreamError) -> [WatchEvent] {
        input.append(chunk)
        var events: [WatchEvent] = []
        while let count = frameLength() {
            if count > decoder.objects.octetCountMax {
                input.drop(4)
                skipping = count
                events.append(.modified(decoder.objects.oversized))
                continue
            }
            guard input.count - 4 >= count else { break }
            let frame = input.unread.dropFirst(4).prefix(count)
            input.drop(4 + count)
            events.append(try event(frame))
        }
        return events
    }

    /// The length of the next frame; nil until that has arrived.
    private mutating func frameLength() -> Int? {
        let count = min(skipping, input.count)
        input.drop(count)
        skipping -= count
        guard skipping == 0, input.count >= 4 else { return nil }
        return input.unread.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    private func event(_ frame: ArraySlice<UInt8>) throws(StreamError) -> WatchEvent {
        guard let event = try? WireWatchEvent(serializedBytes: frame.rawSpan, options: .keptFields) else {
            throw StreamError(
                "a frame before octet \(input.offset) holds no event; see what answers for the API server")
        }
        return try decoder.event(event.type, Array(event.object.raw)[...], .protobuf)
    }
}
