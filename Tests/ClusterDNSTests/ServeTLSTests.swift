import APIServerTesting
import Answering
import ClusterFeed
import Corefile
import Foundation
import Logging
import Testing

@testable import ClusterDNS

/// Certificates from the disk to the listeners.
struct ServeTLSTests {
    private let scratch: ScratchDirectory
    private let loader: ConfigurationLoader
    private let tls = ServeTLS(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    init() throws {
        scratch = try ScratchDirectory()
        _ = try TestCertificates(in: URL(filePath: scratch.path))
        loader = ConfigurationLoader(
            file: try scratch.write("Corefile", "tls://. {\n    tls server.crt server.key\n}\n"), interfaces: [:])
    }

    private func renew() throws { _ = try TestCertificates(in: URL(filePath: scratch.path)) }

    @Test func filesThatStayKeepTheirIdentity() throws {
        let first = try tls.identities(for: try loader.load())
        tls.use(first)
        let again = try tls.identities(for: try loader.load())
        #expect(first.count == 1 && first.keys == again.keys)
        #expect(first.values.first === again.values.first)
        try renew()
        let renewed = try tls.identities(for: try loader.load())
        #expect(renewed.keys == first.keys && renewed.values.first !== first.values.first)
    }

    @Test func brokenFilesLeaveWhatIsInForce() throws {
        tls.use(try tls.identities(for: try loader.load()))
        try scratch.write("server.crt", "half a certif")
        let error = #expect(throws: CorefileError.self) { try tls.identities(for: try loader.load()) }
        #expect(error?.description.hasPrefix("\(scratch.path)/Corefile:2:5: \"tls\" cannot be used: ") == true)
        #expect(error?.message.contains("\(scratch.path)/server.crt holds no certificate in PEM") == true)
    }

    /// Robustness fact 92; kubelet writes Secrets with mode 0644 beside a link `..data`.
    @Test(
        arguments: [
            (0o600, false, nil), (0o400, false, nil), (0o640, false, nil), (0o644, false, "everyone may read"),
            (0o604, false, "everyone may read"), (0o660, false, "may write"), (0o602, false, "may write"),
            (0o644, true, nil), (0o444, true, nil), (0o664, true, "may write"),
        ] as [(Int, Bool, String?)])
    func keysAreForTheirOwner(_ mode: Int, _ isProjected: Bool, _ problem: String?) throws {
        let key = "\(scratch.path)/server.key"
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key)
        if isProjected {
            try FileManager.default.createSymbolicLink(
                atPath: "\(scratch.path)/..data", withDestinationPath: "..2026_01_05")
        }
        let finding = ServeTLS.findings(try loader.load()).first { $0.severity == .error }
        #expect((finding == nil) == (problem == nil), "\(finding?.message ?? "")")
        if let problem { #expect(finding?.message.contains("\(problem) \(key)") == true, "\(finding?.message ?? "")") }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var file: String
        /// nil: the file is missing.
        var octetCount: Int?
        var says: String
        var testDescription: String { label }
    }

    @Test(arguments: [
        Row(label: "no certificate", file: "server.crt", says: "server.crt cannot be read (no such file or directory)"),
        Row(label: "no key", file: "server.key", says: "server.key cannot be read (no such file or directory)"),
        Row(label: "a key that is too long", file: "server.key", octetCount: 1 << 20 + 1, says: "is over 1 MiB"),
    ])
    func filesThatCannotBeUsed(_ row: Row) throws {
        try FileManager.default.removeItem(atPath: "\(scratch.path)/\(row.file)")
        if let count = row.octetCount { try scratch.write(row.file, String(repeating: "x", count: count)) }
        let finding = try #require(ServeTLS.findings(try loader.load()).first)
        #expect(finding.severity == .error && finding.line == 2 && finding.column == 5)
        #expect(finding.message.contains(row.says), "\(finding.message)")
    }

    /// `reload` looks at the certificate too: its path may stay while its content changes.
    @Test func aRenewedCertificateIsAnotherConfiguration() throws {
        let before = ConfigurationFingerprint(loader: loader)
        #expect(ConfigurationFingerprint(loader: loader) == before)
        try renew()
        let after = ConfigurationFingerprint(loader: loader)
        #expect(after != before)
        try FileManager.default.removeItem(atPath: "\(scratch.path)/server.key")
        #expect(ConfigurationFingerprint(loader: loader) != after)
    }
}
