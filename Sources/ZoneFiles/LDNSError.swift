/// Why libldns did not take a message or a master file.
package struct LDNSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What libldns calls the fault.
    package var reason: String
    /// Where it was found: an octet of the message counted from 0, or a line of the file counted from 1.
    package var place: Int

    package var description: String { "libldns stopped at \(place): \(reason)" }
}
