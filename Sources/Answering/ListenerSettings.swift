import Corefile

/// How queries arrive at one listen address: what the directives of its blocks say together.
package struct ListenerSettings: Hashable, Sendable {
    /// Present where the scheme is `tls`, and nowhere else.
    package var tls: TLSSettings?
    package var timeouts = TimeoutSettings()
    /// Sockets over UDP; nil for as many as the process has cores.
    package var socketCount: Int?

    package init() {}

    /// Takes `blocks` in the order of the file; throws where they name different certificates for one address.
    init(at address: ListenAddress, of blocks: [ServerConfiguration.Block]) throws(CorefileError) {
        for block in blocks {
            timeouts = timeouts.overridden(by: block.settings.timeouts)
            if let count = block.settings.socketCount { socketCount = max(socketCount ?? 0, count) }
            guard address.scheme == .tls, let tls = block.settings.tls else { continue }
            if let other = self.tls, other.definition != tls.definition {
                throw CorefileError(
                    at: tls.position,
                    "\"tls\" differs from the one at \(other.position), and \(address) can show one certificate only; "
                        + "write the same line in both blocks")
            }
            self.tls = self.tls ?? tls
        }
    }
}

extension ServerBlock {
    /// Refuses keys whose transport is not served.
    func requireServedSchemes() throws(CorefileError) {
        for key in keys {
            guard let refusal = Foreign.refusal(of: key.scheme) else { continue }
            throw CorefileError(at: key.position, "\"\(key.text)\" \(refusal)")
        }
    }

    /// Holds `tls` against the keys: `tls://` cannot do without, and no other key has a use for it.
    func checkCertificate(_ scope: inout BlockScope) throws(CorefileError) {
        let encrypted = keys.first { $0.scheme == .tls }
        switch (encrypted, scope.settings.tls) {
        case (let key?, nil):
            throw CorefileError(
                at: key.position, "\"\(key.text)\" needs a certificate; write \"tls CERT KEY\" into its block")
        case (nil, let tls?):
            scope.warnings.append(
                CorefileError(
                    at: tls.position,
                    "\"tls\" does nothing in a block without a tls:// key; write the key as tls://ZONE, or remove it"))
        case (nil, nil), (.some, .some): break
        }
    }
}

extension ServerConfiguration {
    /// Refuses two listeners that would share a TCP port, where neither would know what it is sent.
    static func refuseSharedPorts(_ listeners: [Listener]) throws(CorefileError) {
        for listener in listeners where listener.address.scheme == .tls {
            var plain = listener.address
            plain.scheme = .dns
            guard let other = listeners.first(where: { $0.address == plain }), let tls = listener.settings.tls else {
                continue
            }
            throw CorefileError(
                at: tls.position,
                "\(listener.address) and \(other.address) are one TCP port; give the keys of one of them another port")
        }
    }

    /// Every `tls` directive in force, each definition once.
    package var certificates: [TLSSettings] {
        var seen: Set<TLSDefinition> = []
        return listeners.compactMap(\.settings.tls).filter { seen.insert($0.definition).inserted }
    }
}
