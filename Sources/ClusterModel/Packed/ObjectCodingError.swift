/// Why octets are not an object of the registry, and how many octets into them.
package struct ObjectCodingError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Hashable, Sendable {
        case truncated = "it ends too early"
        case unknownVersion = "it was written in a form this version does not know"
        case badValue = "a field has a value that is not allowed"
        case badText = "a text is not UTF-8"
        case unordered = "the keys of a map are not in order"
        case trailingOctets = "something follows its end"
    }

    package var reason: Reason
    /// Counted from 0.
    package var offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String {
        "octet \(offset) of a stored object cannot be read: \(reason.rawValue); drop the object, its source has it"
    }
}
