import Foundation
import NIOSSL
import Testing

/// A certificate authority made by openssl for one test.
struct Authority {
    private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

    let directory: ScratchDirectory
    var file: String { "\(directory.path)/ca.crt" }

    init() throws {
        directory = try ScratchDirectory()
        try openssl(
            "req -x509 \(Self.newKey) -keyout ca.key -out ca.crt -days 2 -subj /CN=test-ca"
        )
    }

    /// A certificate and its key, `NAME.crt` and `NAME.key`, that expires in `days`, or did before now.
    func issue(_ name: String, names: String, usage: String = "serverAuth", days: Int = 1) throws {
        try directory.write(
            "subjectAltName=\(names)\nextendedKeyUsage=\(usage)\n", to: "\(name).ext")
        try openssl(
            "req \(Self.newKey) -keyout \(name).key -out \(name).csr -subj /CN=\(name)"
        )
        try openssl(
            "x509 -req -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -out \(name).crt -extfile \(name).ext "
                + "-days \(days)")
    }

    func serverTLS(_ name: String) throws -> TLSConfiguration {
        try .makeServerConfiguration(
            certificateChain: NIOSSLCertificate.fromPEMFile("\(directory.path)/\(name).crt").map { .certificate($0) },
            privateKey: .privateKey(NIOSSLPrivateKey(file: "\(directory.path)/\(name).key", format: .pem)))
    }

    private func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }
}
