/// The transport in front of a server block's zone.
package enum Scheme: String, Hashable, Sendable, CaseIterable {
    case dns, tls, quic, grpc, https, https3

    /// The port of a key that names none: RFC 1035 §4.2, RFC 7858 §3.1, RFC 9250 §4.1.1, RFC 8484 by way of HTTPS.
    package var defaultPort: UInt16 {
        switch self {
        case .dns: 53
        case .tls, .quic: 853
        case .grpc, .https, .https3: 443
        }
    }
}
