package import Answering
package import Corefile
import NIOSSL

/// What a server shows its clients over TLS, checked and ready for handshakes.
///
/// Connections that began with one go on with it, whatever becomes of the files.
package final class TLSIdentity: Sendable {
    /// The octets of the files that a definition names.
    package struct Files: Hashable, Sendable {
        package var certificate: [UInt8]
        package var key: [UInt8]
        /// nil where clients are held to the authorities the system trusts, or to none.
        package var authority: [UInt8]?

        package init(certificate: [UInt8], key: [UInt8], authority: [UInt8]? = nil) {
            self.certificate = certificate
            self.key = key
            self.authority = authority
        }
    }

    /// How long the other side may take to say goodbye: what is left unread is not worth a wait.
    static let goodbyeTime = TCPLimits.tlsGoodbyeTime
    /// The protocol's name for clients that offer it (RFC 7858 §3.1 leaves it open; IANA's ALPN registry has `dot`).
    private static let applicationProtocol = "dot"

    package let definition: TLSDefinition
    /// Who the certificate is for: `CN=dns.example`.
    package let subject: String
    /// Seconds since 1970 when it ends.
    package let expiry: Int64
    let context: NIOSSLContext
    private let files: Files

    /// Reads the files' contents; throws where one is not what it should be, naming it at the place of the directive.
    ///
    /// `now` is in seconds since 1970: a certificate that has ended, or not begun, is refused.
    package init(_ settings: TLSSettings, _ files: Files, now: Int64) throws(CorefileError) {
        let reader = TLSFileReader(settings)
        definition = settings.definition
        self.files = files
        let chain = try reader.certificates(files.certificate, definition.certificate)
        subject = CertificateSubject.text(of: chain[0])
        expiry = Int64(chain[0].notValidAfter)
        try reader.checkTime(of: chain[0], subject, now: now)
        let key = try reader.key(files.key)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = definition.clientAuthentication.takesAny ? .tlsv13 : .tlsv12
        configuration.maximumTLSVersion = .tlsv13
        configuration.applicationProtocols = [Self.applicationProtocol]
        configuration.shutdownTimeout = Self.goodbyeTime
        configuration.certificateVerification = definition.clientAuthentication.verification
        // Any certificate will do where none is verified; the system's list of authorities need not be read for that.
        configuration.trustRoots = definition.clientAuthentication.verifies ? .default : .certificates([])
        if let authority = files.authority, let path = definition.authority {
            configuration.trustRoots = .certificates(try reader.certificates(authority, path))
        }
        guard let context = try? NIOSSLContext(configuration: configuration) else {
            throw reader.mismatch(subject)
        }
        self.context = context
    }

    /// Whether it is made of the same definition and octets, so that a new one would differ in nothing but its tickets.
    package func isMade(of files: Files, for definition: TLSDefinition) -> Bool {
        self.files == files && self.definition == definition
    }
}

extension TLSDefinition.ClientAuthentication {
    fileprivate var verification: CertificateVerification {
        switch self {
        case .none: .none
        case .request, .verifyIfGiven: .optionalVerification
        case .require, .requireAndVerify: .noHostnameVerification
        }
    }
}

/// Reads PEM files of one `tls` directive, and says what is wrong with them.
private struct TLSFileReader {
    private let settings: TLSSettings

    init(_ settings: TLSSettings) { self.settings = settings }

    func certificates(_ octets: [UInt8], _ path: String) throws(CorefileError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(octets), !certificates.isEmpty else {
            throw refused("\(path) holds no certificate in PEM; write one there")
        }
        return certificates
    }

    func key(_ octets: [UInt8]) throws(CorefileError) -> NIOSSLPrivateKey {
        guard let key = try? NIOSSLPrivateKey(bytes: octets, format: .pem) else {
            throw refused(
                "\(settings.definition.key) holds no private key without a passphrase in PEM; write one there")
        }
        return key
    }

    func checkTime(of certificate: NIOSSLCertificate, _ subject: String, now: Int64) throws(CorefileError) {
        let (start, end) = (Int64(certificate.notValidBefore), Int64(certificate.notValidAfter))
        let name = "the certificate in \(settings.definition.certificate), for \(subject),"
        if end < now { throw refused("\(name) expired on \(UTCTime.text(end)); renew it") }
        if start > now {
            throw refused(
                "\(name) is not valid before \(UTCTime.text(start)), and the clock here says \(UTCTime.text(now)); "
                    + "set the clock, or use another certificate")
        }
    }

    func mismatch(_ subject: String) -> CorefileError {
        let definition = settings.definition
        return refused(
            "the key in \(definition.key) is not that of the certificate in \(definition.certificate), for \(subject); "
                + "write the two that belong together")
    }

    private func refused(_ problem: String) -> CorefileError {
        CorefileError(at: settings.position, "\"tls\" cannot be used: \(problem)")
    }
}
