import NIOCore
import NIOSSL

/// The octets that a TLS configuration is made of; equal ones make equal configurations.
struct TLSMaterial: Equatable, Sendable {
    private struct PEM: Equatable, Sendable {
        var name: String
        var octets: Concealed<[UInt8]>

        init(_ source: PEMSource, what: String) throws(ConfigurationError) {
            name = source.name
            octets = Concealed(try source.octets(what: what))
        }
    }

    private var verifies: Bool
    private var authority: PEM?
    private var chain: PEM?
    private var key: PEM?

    /// Reads the files.
    init(_ trust: ServerTrust, _ certificate: Login.Certificate?) throws(ConfigurationError) {
        verifies = trust != .anyone
        if case .authority(let source) = trust { authority = try PEM(source, what: "certificate authority") }
        guard let certificate else { return }
        chain = try PEM(certificate.chain, what: "client certificate")
        key = try PEM(certificate.key, what: "client key")
    }

    /// TLS 1.2 or newer; throws where a certificate or the key cannot be parsed or one does not belong to the other.
    func makeConfiguration() throws(ConfigurationError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // A server that does not answer the goodbye holds up whoever ends a watch.
        configuration.shutdownTimeout = .milliseconds(200)
        configuration.certificateVerification = verifies ? .fullVerification : .none
        if let authority { configuration.trustRoots = .certificates(try Self.certificates(authority)) }
        guard let chain, let key else { return configuration }
        configuration.certificateChain = try Self.certificates(chain).map { .certificate($0) }
        guard let privateKey = try? NIOSSLPrivateKey(bytes: key.octets.value, format: .pem) else {
            throw ConfigurationError("\(key.name) holds no private key without a passphrase in PEM; write one there.")
        }
        configuration.privateKey = .privateKey(privateKey)
        guard (try? NIOSSLContext(configuration: configuration)) != nil else {
            throw ConfigurationError(
                "The key in \(key.name) is not that of the certificate in \(chain.name); renew both.")
        }
        return configuration
    }

    private static func certificates(_ pem: PEM) throws(ConfigurationError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem.octets.value), !certificates.isEmpty else {
            throw ConfigurationError("\(pem.name) holds no certificate in PEM; write one there.")
        }
        return certificates
    }
}
