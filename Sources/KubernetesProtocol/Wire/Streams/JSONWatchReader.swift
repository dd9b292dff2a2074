/// Reads a watch in JSON: objects with `type` and `object`, one after the other, with or without space between.
struct JSONWatchReader: WatchReading {
    private let decoder: EventDecoder
    private var splitter: JSONSplitter
    private var type = ""
    private var object: [UInt8]?
    private var isOversized = false

    init(decoder: EventDecoder) {
        self.decoder = decoder
        splitter = JSONSplitter(octetCountMax: decoder.objects.octetCountMax)
    }

    mutating func read(_ chunk: RawSpan) throws(StreamError) -> [WatchEvent] {
        splitter.append(chunk)
        var events: [WatchEvent] = []
        while let token = try splitter.next() {
            switch token {
            case .member("type", let octets): type = try JSONText.string(octets)
            case .member("object", let octets): object = Array(octets)
            case .oversized("object"): isOversized = true
            case .member, .oversized, .element: continue
            case .end: events.append(try endEvent())
            }
        }
        return events
    }

    private mutating func endEvent() throws(StreamError) -> WatchEvent {
        defer { (type, object, isOversized) = ("", nil, false) }
        if isOversized { return .modified(decoder.objects.oversized) }
        guard let object else {
            throw StreamError("an event of the watch has no object; see what answers for the API server")
        }
        return try decoder.event(type, object[...], .json)
    }
}
