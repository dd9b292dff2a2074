import Answering
import NIOCore
import NIOSSL

/// TLS to upstreams (RFC 7858): the certificate must be valid for the name, or for the address where there is no name.
enum UpstreamTLS {
    /// The handler for a connection; nil for an upstream without TLS.
    static func handler(
        for address: UpstreamAddress, _ definition: ForwardDefinition
    ) throws -> NIOSSLClientHandler? {
        guard case .tls(let serverName) = address.transport else { return nil }
        return try NIOSSLClientHandler(context: context(definition.tls), serverHostname: serverName)
    }

    /// Throws where a file cannot be read, or holds no PEM.
    static func context(_ files: ClientTLS, minimumVersion: TLSVersion = .tlsv12) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = minimumVersion
        configuration.applicationProtocols = ["dot"]
        if let authority = files.authority { configuration.trustRoots = .file(authority) }
        if let certificate = files.certificate, let key = files.key {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
