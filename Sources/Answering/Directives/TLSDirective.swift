package import Corefile

/// Which files make a server's certificate, and what its clients have to show; equal definitions share one certificate.
package struct TLSDefinition: Hashable, Sendable {
    /// The values of `client_auth`.
    package enum ClientAuthentication: String, Hashable, Sendable, CaseIterable {
        /// Clients are not asked for a certificate.
        case none = "nocert"
        /// Asked for one; none, or any, will do.
        case request
        /// Asked for one; any will do.
        case require
        /// Asked for one; what is shown must be valid.
        case verifyIfGiven = "verify_if_given"
        /// Asked for one, which must be valid.
        case requireAndVerify = "require_and_verify"

        package var verifies: Bool { self == .verifyIfGiven || self == .requireAndVerify }
        /// Whether whatever a client shows will do: then only with TLS 1.3, where the server keeps no session in memory,
        /// and so no certificate of somebody unknown.
        package var takesAny: Bool { self == .request || self == .require }
    }

    /// Paths of PEM files: the certificate with those of its issuers behind it, and its key.
    package var certificate: String
    package var key: String
    /// Who issues clients' certificates; nil for the authorities the system trusts.
    package var authority: String?
    package var clientAuthentication = ClientAuthentication.none

    package init(certificate: String, key: String, authority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
    }
}

/// A `tls` directive: what it says, and where.
package struct TLSSettings: Hashable, Sendable {
    package var definition: TLSDefinition
    package var position: SourcePosition

    package init(_ definition: TLSDefinition, at position: SourcePosition) {
        self.definition = definition
        self.position = position
    }
}

/// `tls CERT KEY [CA] { client_auth nocert|request|require|verify_if_given|require_and_verify }`: the certificate of a
/// block's `tls://` keys (RFC 7858).
///
/// The files are read when the configuration is loaded, and again with each reload.
enum TLSDirective: Setting {
    static let directive = "tls"

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(2...3)
        if let other = scope.settings.tls {
            throw directive.refused("stands at \(other.position) already; a block has one certificate: remove one")
        }
        var paths: [String] = []
        for argument in directive.arguments {
            if argument.text.isEmpty { throw argument.refused("names no file; expected the path of a PEM file") }
            paths.append(scope.path(argument.text))
        }
        var definition = TLSDefinition(
            certificate: paths[0], key: paths[1], authority: paths.count > 2 ? paths[2] : nil)
        for option in directive.options {
            guard option.name.text == "client_auth" else {
                throw option.unknownOption(of: directive, known: ["client_auth"])
            }
            let value = try option.onlyArgument()
            definition.clientAuthentication = try value.choice(
                "value of \"client_auth\"", of: TLSDefinition.ClientAuthentication.self)
        }
        if directive.arguments.count > 2, !definition.clientAuthentication.verifies {
            scope.warnings.append(
                directive.arguments[2].refused(
                    "is not asked for anything: \"client_auth\" verifies no certificate; "
                        + "write \"client_auth require_and_verify\", or remove the file"))
        }
        scope.settings.tls = TLSSettings(definition, at: directive.name.position)
    }
}
