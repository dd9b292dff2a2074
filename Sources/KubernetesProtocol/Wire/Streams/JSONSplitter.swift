/// Takes JSON objects apart as they arrive: into the members of the outermost object, and one member into its elements.
///
/// Holds no more than one such value. Works for a list (one object) and for a watch (one after the other).
struct JSONSplitter {
    enum Token {
        /// `octets` is the value as written.
        case member(String, octets: ArraySlice<UInt8>)
        /// An element of the array that is split.
        case element(ArraySlice<UInt8>)
        /// A value over the limit, passed over; of the member with this name, or an element where it is that.
        case oversized(String)
        /// The outermost object has ended.
        case end
    }

    private enum Place: Hashable {
        case outside
        case beforeKey
        case beforeColon(key: String)
        case beforeValue(key: String)
        case beforeElement
    }

    /// The member whose elements are told one by one; empty for none.
    private let splitKey: String
    /// Values with more octets are passed over.
    private let octetCountMax: Int
    private var input = InputBuffer()
    private var place = Place.outside
    /// True behind a value, where a comma or the end has to come.
    private var wantsComma = false
    /// The value being looked through; nil between values.
    private var scan: JSONValueScan?
    /// Octets of that value that are gone already, because there were too many.
    private var droppedCount = 0

    init(splitting splitKey: String = "", octetCountMax: Int) {
        self.splitKey = splitKey
        self.octetCountMax = octetCountMax
    }

    /// True between two objects, and before the first.
    var isOutside: Bool { place == .outside && input.unread.allSatisfy(Self.isSpace) }

    mutating func append(_ chunk: RawSpan) { input.append(chunk) }

    /// The next token; nil until more octets arrive.
    ///
    /// Let go of its octets before the next `append`.
    mutating func next() throws(StreamError) -> Token? {
        while true {
            if scan != nil {
                guard let (octets, isOversized) = readValue() else { return nil }
                if let token = try token(octets, isOversized) { return token }
                continue
            }
            input.drop(input.unread.prefix(while: Self.isSpace).count)
            guard let octet = input.unread.first else { return nil }
            if try enter(octet) { return .end }
        }
    }

    /// Takes the next octet between values; true where it ends the outermost object.
    private mutating func enter(_ octet: UInt8) throws(StreamError) -> Bool {
        switch (place, octet) {
        case (.outside, UInt8(ascii: "{")): (place, wantsComma) = (.beforeKey, false)
        case (.beforeKey, UInt8(ascii: "}")):
            place = .outside
            input.drop(1)
            return true
        case (.beforeElement, UInt8(ascii: "]")): (place, wantsComma) = (.beforeKey, true)
        case (.beforeKey, UInt8(ascii: ",")) where wantsComma, (.beforeElement, UInt8(ascii: ",")) where wantsComma:
            wantsComma = false
        case (.beforeColon(let key), UInt8(ascii: ":")): place = .beforeValue(key: key)
        case (.beforeValue(splitKey), UInt8(ascii: "[")): (place, wantsComma) = (.beforeElement, false)
        case (.beforeKey, UInt8(ascii: "\"")) where !wantsComma, (.beforeElement, _) where !wantsComma,
            (.beforeValue, _):
            scan = JSONValueScan()
            return false
        default: throw unexpected(input.unread)
        }
        input.drop(1)
        return false
    }

    /// The value that the scan is in, once it has ended; of one over the limit only the end.
    private mutating func readValue() -> (octets: ArraySlice<UInt8>, isOversized: Bool)? {
        guard var scan else { return nil }
        let hasEnded = scan.scan(input.unread.dropFirst(scan.count - droppedCount))
        let isOversized = scan.count > octetCountMax
        guard hasEnded else {
            if isOversized {
                input.drop(input.count)
                droppedCount = scan.count
            }
            self.scan = scan
            return nil
        }
        let octets = input.unread.prefix(scan.count - droppedCount)
        input.drop(octets.count)
        (self.scan, droppedCount) = (nil, 0)
        return (octets, isOversized)
    }

    private mutating func token(_ octets: ArraySlice<UInt8>, _ isOversized: Bool) throws(StreamError) -> Token? {
        guard !octets.isEmpty else { throw unexpected(input.unread) }
        switch place {
        case .beforeKey:
            guard !isOversized else { throw unexpected(octets) }
            place = .beforeColon(key: String(decoding: octets.dropFirst().dropLast(), as: UTF8.self))
            return nil
        case .beforeValue(let key):
            (place, wantsComma) = (.beforeKey, true)
            return isOversized ? .oversized(key) : .member(key, octets: octets)
        case .beforeElement:
            wantsComma = true
            return isOversized ? .oversized(splitKey) : .element(octets)
        case .outside, .beforeColon: throw unexpected(octets)
        }
    }

    private static func isSpace(_ octet: UInt8) -> Bool {
        octet == 0x20 || (0x09...0x0A).contains(octet) || octet == 0x0D
    }

    private func unexpected(_ octets: ArraySlice<UInt8>) -> StreamError {
        StreamError(
            "the body has \(String(decoding: octets.prefix(16), as: UTF8.self).quoted) at octet \(input.offset), where JSON "
                + "cannot go on so; see what answers for the API server")
    }
}
