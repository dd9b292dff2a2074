import DNSWire

/// What is done to every response of a block before it is written.
enum ResponseShape: Sendable {
    /// Nothing, as in most blocks.
    case none
    /// Its addresses are turned (`loadbalance`).
    case rotated
    /// `ResponseSettings` are applied, and addresses turned where the block asks for it.
    case full
}

/// What `minimal`, `header` and `nsid` say about the responses of a block.
package struct ResponseSettings: Hashable, Sendable {
    package static let none = ResponseSettings()

    /// An answer goes without authority and additional records.
    package var isMinimal = false
    /// Flags of the second header word that every response has, or has not.
    package var setFlags: UInt16 = 0
    package var clearedFlags: UInt16 = 0
    /// What clients that ask are told of the server (RFC 5001); empty: nothing.
    package var identifier: [UInt8] = []

    func apply(to response: inout ResponseWriter, _ query: borrowing Query) {
        response.isMinimal = isMinimal
        response.forcedFlags = (setFlags, clearedFlags)
        if query.edns.wantsNSID { response.identifier = identifier }
    }
}
