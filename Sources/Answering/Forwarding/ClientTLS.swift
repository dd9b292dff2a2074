package import Corefile

/// Files that a client of other servers uses for TLS: the `tls` option of `forward` and `secondary`.
package struct ClientTLS: Hashable, Sendable {
    /// What the client shows; nil: nothing.
    package var certificate: String?
    package var key: String?
    /// Who may vouch for the servers; nil: whom the system trusts.
    package var authority: String?

    package init() {}

    /// As CoreDNS reads it: nothing, CA, CERT KEY, or CERT KEY CA.
    init(_ option: Directive, _ scope: BlockScope) throws(CorefileError) {
        try option.requireArgumentCount(0...3)
        let paths = option.arguments.map { scope.path($0.text) }
        switch paths.count {
        case 1: authority = paths[0]
        case 2...3: (certificate, key) = (paths[0], paths[1])
        default: break
        }
        if paths.count == 3 { authority = paths[2] }
    }
}
