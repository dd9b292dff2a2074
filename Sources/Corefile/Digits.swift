/// Decimal digits of ASCII, the only ones the language knows.
enum Digits {
    static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }

    /// True for one digit or more and nothing else.
    static func areAll(of text: some StringProtocol) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isDigit) }

    /// Returns nil unless `text` is one to five digits between 1 and 65535.
    static func port(_ text: some StringProtocol) -> UInt16? {
        guard areAll(of: text), text.utf8.count <= 5, let port = UInt16(text), port > 0 else { return nil }
        return port
    }
}
