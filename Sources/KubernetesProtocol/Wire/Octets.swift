/// The two places where octets cross between owned and borrowed memory.
extension [UInt8] {
    mutating func append(contentsOf span: RawSpan) {
        // SAFETY: the octets are copied before the span, which is alive for the call, can go.
        unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: an octet has no padding.
            unsafe span.bytes
        }
    }
}

extension String {
    /// Copies UTF-8 text; nil for octets that are none.
    init?(utf8 octets: Span<UInt8>) {
        guard let text = try? UTF8Span(validating: octets) else { return nil }
        self.init(copying: text)
    }
}
