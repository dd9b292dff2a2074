/// Where the API server is, how it proves who it is, and how to log in.
///
/// A value: files are named here, and read by `Credentials` when a request needs them.
package struct APIServerConfiguration: Hashable, Sendable {
    package var server: ServerURL
    /// The name that the server's certificate must have, and that is sent as SNI; nil: the host of the URL.
    package var serverName: String?
    package var trust: ServerTrust
    package var login: Login
    /// Where all this was read, for sentences: a file and its context, or the service account.
    package var origin: String

    package init(
        server: ServerURL, serverName: String? = nil, trust: ServerTrust = .systemRoots, login: Login = Login(),
        origin: String
    ) {
        self.server = server
        self.serverName = serverName
        self.trust = trust
        self.login = login
        self.origin = origin
    }
}

/// Whose signature on the server's certificate is believed.
package enum ServerTrust: Hashable, Sendable {
    case systemRoots
    /// One certificate or several, in PEM.
    case authority(PEMSource)
    /// `insecure-skip-tls-verify`.
    case anyone
}

/// What a request carries, and what a handshake shows, to say who asks.
package struct Login: Hashable, Sendable {
    package enum Authorization: Hashable, Sendable {
        case none
        case token(Concealed<String>)
        /// Read again at least once a minute, and after a 401.
        case tokenFile(String)
        case password(user: String, Concealed<String>)
        case plugin(ExecPlugin)
    }

    package struct Certificate: Hashable, Sendable {
        /// The client's own first, then those between it and the authority.
        package var chain: PEMSource
        package var key: PEMSource
    }

    package var authorization = Authorization.none
    package var certificate: Certificate?

    package init(authorization: Authorization = .none, certificate: Certificate? = nil) {
        self.authorization = authorization
        self.certificate = certificate
    }
}

/// Certificates or a key in PEM: a file, or text that stood in another one.
package enum PEMSource: Hashable, Sendable {
    case file(String)
    /// `name` says where it stood.
    case embedded(Concealed<[UInt8]>, name: String)

    /// The place in a sentence.
    package var name: String {
        switch self {
        case .file(let path): path
        case .embedded(_, let name): name
        }
    }
}
