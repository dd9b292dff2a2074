import APIServerTesting
import Answering
import Corefile
import Foundation

@testable import Serving

/// Certificates made for one test in a directory that is gone with this value.
final class TLSTestFiles {
    let directory: URL
    let certificates: TestCertificates

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "clusterdns-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificates = try TestCertificates(in: directory)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    func octets(_ file: URL) throws -> [UInt8] { Array(try Data(contentsOf: file)) }

    var files: TLSIdentity.Files {
        get throws {
            TLSIdentity.Files(
                certificate: try octets(certificates.server), key: try octets(certificates.serverKey),
                authority: try octets(certificates.authority))
        }
    }

    static func settings(
        _ authentication: TLSDefinition.ClientAuthentication = .none
    ) -> TLSSettings {
        var definition = TLSDefinition(certificate: "server.crt", key: "server.key", authority: "ca.crt")
        definition.clientAuthentication = authentication
        return TLSSettings(definition, at: SourcePosition(file: "Corefile", line: 2, column: 5))
    }

    func identity(_ authentication: TLSDefinition.ClientAuthentication = .none) throws -> TLSIdentity {
        try TLSIdentity(Self.settings(authentication), try files, now: Self.now)
    }
}
