package import Foundation
import NIOSSL

/// A certificate authority of its own with a server's and a client's certificate, in PEM files made by openssl.
package struct TestCertificates: Sendable {
    package let directory: URL

    package var authority: URL { directory.appending(path: "ca.crt") }
    package var server: URL { directory.appending(path: "server.crt") }
    package var serverKey: URL { directory.appending(path: "server.key") }
    package var client: URL { directory.appending(path: "client.crt") }
    package var clientKey: URL { directory.appending(path: "client.key") }

    /// Takes files that are there: ca.crt, server.crt, server.key and, where clients need them, client.crt and .key.
    package init(existingIn directory: URL) { self.directory = directory }

    /// Makes the files in `directory`, which must exist; they are good for `days`, and those for -1 ended yesterday.
    ///
    /// The server's names are localhost, kubernetes.default.svc, 127.0.0.1 and ::1.
    package init(in directory: URL, days: Int = 30) throws {
        self.directory = directory
        try run("req -x509 \(Self.newKey) -keyout ca.key -out ca.crt -days 30 -subj /CN=test-ca")
        let names = "subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:::1"
        try issue("server", subject: "/CN=kube-apiserver", days: days, extensions: names)
        try issue(
            "client", subject: "/O=system:masters/CN=test-client", days: days, extensions: "extendedKeyUsage=clientAuth"
        )
    }

    private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

    private func issue(_ name: String, subject: String, days: Int, extensions: String) throws {
        try Data((extensions + "\n").utf8).write(to: directory.appending(path: "\(name).ext"))
        try run("req \(Self.newKey) -keyout \(name).key -out \(name).csr -subj \(subject)")
        let authority = "-CA ca.crt -CAkey ca.key -CAcreateserial"
        try run("x509 -req -in \(name).csr \(authority) -out \(name).crt -days \(days) -extfile \(name).ext")
    }

    private func run(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw UnreadableText(description: "openssl \(arguments) failed: \(String(decoding: said, as: UTF8.self))")
        }
    }

    func serverContext(needsClientCertificate: Bool) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(server.path).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(file: serverKey.path, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        if needsClientCertificate {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(authority.path)
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
