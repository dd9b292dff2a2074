import APIServerTesting
import Answering
import Corefile
import Foundation
import NIOCore
import NIOSSL
import Testing

@testable import Serving

/// What is wrong with a certificate is said, with its file, whom it is for, and when.
struct TLSIdentityTests {
    private func refusal(_ files: TLSIdentity.Files, now: Int64 = TLSTestFiles.now) -> CorefileError? {
        do throws(CorefileError) {
            _ = try TLSIdentity(TLSTestFiles.settings(), files, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func subjectAndEndAreKnown() throws {
        let identity = try TLSTestFiles().identity()
        #expect(identity.subject == "CN=kube-apiserver")
        // Thirty days, made a moment ago.
        #expect((29 * 86_400...31 * 86_400).contains(identity.expiry - TLSTestFiles.now))
    }

    @Test func filesThatAreNoPEM() throws {
        var files = try TLSTestFiles().files
        files.certificate = Array("-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n".utf8)
        #expect(
            refusal(files)?.description
                == "Corefile:2:5: \"tls\" cannot be used: server.crt holds no certificate in PEM; write one there")
        files.certificate = []
        #expect(refusal(files)?.message.contains("server.crt holds no certificate in PEM") == true)
        files = try TLSTestFiles().files
        files.key = files.certificate
        #expect(refusal(files)?.message.contains("server.key holds no private key without a passphrase") == true)
        files = try TLSTestFiles().files
        files.authority = Array("nothing".utf8)
        #expect(refusal(files)?.message.contains("ca.crt holds no certificate in PEM") == true)
    }

    @Test func keyOfAnotherCertificate() throws {
        let made = try TLSTestFiles()
        var files = try made.files
        files.key = try made.octets(made.certificates.clientKey)
        let want =
            "Corefile:2:5: \"tls\" cannot be used: the key in server.key is not that of the certificate in server.crt, "
            + "for CN=kube-apiserver; write the two that belong together"
        #expect(refusal(files)?.description == want)
    }

    @Test func certificatesOfAnotherTime() throws {
        let made = try TLSTestFiles()
        let identity = try made.identity()
        let late = try #require(refusal(try made.files, now: identity.expiry + 1))
        #expect(
            late.description
                == "Corefile:2:5: \"tls\" cannot be used: the certificate in server.crt, for CN=kube-apiserver, "
                + "expired on \(UTCTime.text(identity.expiry)); renew it")
        #expect(refusal(try made.files, now: identity.expiry) == nil)
        let early = try #require(refusal(try made.files, now: 0))
        #expect(early.message.contains("is not valid before 2"))
        #expect(early.message.contains("the clock here says 1970-01-01 00:00:00 UTC; set the clock"))
    }

    @Test func sameOctetsNeedNoNewIdentity() throws {
        let made = try TLSTestFiles()
        let identity = try made.identity()
        let definition = TLSTestFiles.settings().definition
        #expect(identity.isMade(of: try made.files, for: definition))
        #expect(!identity.isMade(of: try TLSTestFiles().files, for: definition))
        #expect(!identity.isMade(of: try made.files, for: TLSTestFiles.settings(.require).definition))
    }

    /// `date -u -d @N`.
    @Test(arguments: [
        (0, "1970-01-01 00:00:00 UTC"), (951_782_399, "2000-02-28 23:59:59 UTC"),
        (951_782_400, "2000-02-29 00:00:00 UTC"), (1_709_251_199, "2024-02-29 23:59:59 UTC"),
        (4_107_542_400, "2100-03-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
        (253_402_300_799, "9999-12-31 23:59:59 UTC"),
    ])
    func moments(_ seconds: Int64, _ want: String) { #expect(UTCTime.text(seconds) == want) }

    /// Octets that are no certificate end the search, wherever they end.
    @Test func everyCutOfACertificateIsRead() throws {
        let made = try TLSTestFiles()
        let octets = try NIOSSLCertificate.fromPEMBytes(try made.octets(made.certificates.client))[0].toDERBytes()
        #expect(CertificateSubject.subject(of: octets) == "O=system:masters,CN=test-client")
        for count in 0..<octets.count { _ = CertificateSubject.subject(of: Array(octets[..<count])) }
        #expect(CertificateSubject.subject(of: [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
        #expect(CertificateSubject.subject(of: [UInt8](repeating: 0xA0, count: 40)) == nil)
    }

    /// RFC 7766 deadlines hold with TLS too, its goodbye included; `timeouts` is kept to within a sweep.
    @Test func limitsOfAListener() {
        var settings = ListenerSettings()
        #expect(TCPLimits(settings).silenceTimeout == TCPLimits().silenceTimeout)
        settings.timeouts = TimeoutSettings(read: .seconds(2), write: .seconds(1), idle: .seconds(1))
        let plain = TCPLimits(settings)
        #expect([plain.silenceTimeout, plain.messageTimeout] == [.milliseconds(1750), .milliseconds(1750)])
        #expect(
            [plain.unsentTimeout, plain.idleTimeout, plain.crowdedIdleTimeout] == [
                .milliseconds(750), .seconds(1), .seconds(1),
            ])
        settings.tls = TLSTestFiles.settings()
        let encrypted = TCPLimits(settings)
        #expect([encrypted.silenceTimeout, encrypted.unsentTimeout] == [.milliseconds(1500), .milliseconds(500)])
        #expect(encrypted.connectionCountMax == 1000)
        settings.timeouts = TimeoutSettings(idle: .seconds(24 * 3600))
        #expect(TCPLimits(settings).idleTimeout == .hours(24))
        #expect(TCPLimits(settings).silenceTimeout == .milliseconds(4250))
    }
}
