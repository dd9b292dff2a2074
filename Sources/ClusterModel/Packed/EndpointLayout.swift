/// Where the fields of one packed endpoint are; reading it copies and allocates nothing.
///
/// An endpoint is a head, then what the head announces, in this order: the address, or a list of addresses; the
/// hostname; the node's name; the target's kind (unless it is a Pod), namespace and name; the host names. A text
/// that is likely to come again (node, kind, namespace) is written once: after that its place is written.
struct EndpointLayout {
    /// The first octet: three conditions of two bits (0 absent, 1 false, 2 true), the address form, and whether a
    /// second octet says which other fields there are.
    enum Head {
        static let ready: UInt8 = 0
        static let serving: UInt8 = 2
        static let terminating: UInt8 = 4
        /// Four octets of the only address follow.
        static let isSingleIPv4: UInt8 = 0x40
        static let hasFields: UInt8 = 0x80
    }

    struct Fields: OptionSet {
        let rawValue: UInt8
        static let addresses = Fields(rawValue: 1)
        static let hostname = Fields(rawValue: 2)
        static let nodeName = Fields(rawValue: 4)
        static let target = Fields(rawValue: 8)
        /// The target's kind is `Pod`.
        static let isPod = Fields(rawValue: 16)
        static let hostNames = Fields(rawValue: 32)
        static let known: Fields = [.addresses, .hostname, .nodeName, .target, .isPod, .hostNames]
    }

    let head: UInt8
    let fields: Fields
    /// The octets of an only IPv4 address, or the list with its count.
    private(set) var addresses: Range<Int>
    private(set) var hostname: Range<Int>
    private(set) var nodeName: Range<Int>
    private(set) var targetKind: Range<Int>
    private(set) var targetNamespace: Range<Int>
    private(set) var targetName: Range<Int>
    /// The list with its count; empty where there is none.
    private(set) var hostNames: Range<Int>

    /// Reads the next endpoint; all that can be wrong in it is found here.
    init(_ reader: inout OctetReader) throws(ObjectCodingError) {
        let none = reader.place..<reader.place
        (addresses, hostname, nodeName, hostNames) = (none, none, none, none)
        (targetKind, targetNamespace, targetName) = (none, none, none)
        head = try reader.octet()
        guard Self.areConditions(head) else { throw reader.error(.badValue) }
        fields = head & Head.hasFields == 0 ? [] : try reader.options(.known)
        if head & Head.isSingleIPv4 != 0 {
            guard !fields.contains(.addresses) else { throw reader.error(.badValue) }
            addresses = try reader.skip(4)
        } else if fields.contains(.addresses) {
            addresses = try reader.span { (reader) throws(ObjectCodingError) in
                for _ in 0..<(try reader.count()) { _ = try reader.address() }
            }
        }
        if !fields.isEmpty { try readTexts(&reader) }
    }

    private mutating func readTexts(_ reader: inout OctetReader) throws(ObjectCodingError) {
        if fields.contains(.hostname) { hostname = try reader.textPlace() }
        if fields.contains(.nodeName) { nodeName = try reader.sharedText() }
        if fields.contains(.target) {
            if !fields.contains(.isPod) { targetKind = try reader.sharedText() }
            targetNamespace = try reader.sharedText()
            targetName = try reader.textPlace()
        } else if fields.contains(.isPod) {
            throw reader.error(.badValue)
        }
        if fields.contains(.hostNames) {
            hostNames = try reader.span { (reader) throws(ObjectCodingError) in
                for _ in 0..<(try reader.count()) { _ = try reader.textPlace() }
            }
        }
    }

    private static func areConditions(_ head: UInt8) -> Bool {
        // Both bits of a pair set mean nothing.
        head & (head >> 1) & 0b01_0101 == 0
    }
}

extension OctetReader {
    /// Where what `body` reads is.
    fileprivate mutating func span(
        _ body: (inout OctetReader) throws(ObjectCodingError) -> Void
    ) throws(ObjectCodingError) -> Range<Int> {
        let start = place
        try body(&self)
        return start..<place
    }

    /// The place of a text that is here, or was before: the lowest bit of the number at its head says which.
    fileprivate mutating func sharedText() throws(ObjectCodingError) -> Range<Int> {
        let start = place
        let number = try number()
        if number & 1 == 0 { return try sharedText(length: number >> 1) }
        guard number >> 1 < UInt64(start - octets.startIndex) else { throw error(.badValue) }
        var earlier = OctetReader(octets, at: octets.startIndex + Int(number >> 1))
        let head = try earlier.number()
        guard head & 1 == 0 else { throw error(.badValue) }
        return try earlier.sharedText(length: head >> 1)
    }

    private mutating func sharedText(length: UInt64) throws(ObjectCodingError) -> Range<Int> {
        guard length <= UInt64(octets.endIndex - place) else { throw error(.truncated) }
        let text = try skip(Int(length))
        try check(text)
        return text
    }
}
