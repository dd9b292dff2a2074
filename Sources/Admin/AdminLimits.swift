package import NIOCore

/// What clients of the admin pages may take of the server.
package struct AdminLimits: Sendable {
    /// Octets read at once.
    static let receiveOctetCount = 4096

    /// Octets of a request, header and body together; more is answered 431.
    package var requestOctetCountMax = 16 * 1024
    /// How long a connection has for its next request and the answer to the one before.
    package var requestTimeout = TimeAmount.seconds(10)
    /// Connections of one address; more are closed at once.
    package var connectionCountMax = 128

    package init() {}
}
