import Answering
import ClusterFeed
import Corefile
import Foundation
import Logging
import Serving
import Synchronization

/// The certificates of the configuration: read when it is loaded, and kept while their files stay the same.
///
/// One that stays the same keeps its session tickets too, so a reload costs no client a full handshake.
final class ServeTLS: Sendable {
    typealias Identities = [TLSDefinition: TLSIdentity]

    /// A certificate with its issuers, and a list of authorities, are far smaller.
    static let octetCountMax = 1 << 20
    /// In seconds: one that ends sooner is worth a warning.
    private static let warningTime: Int64 = 7 * 86_400

    private let logger: Logger
    private let current = Mutex<Identities>([:])

    init(logger: Logger) { self.logger = logger }

    /// Reads the files of `configuration`; throws where one cannot be used, and nothing in force has changed.
    ///
    /// Files that are in force already stay good when their certificate ends: better that than no answers.
    func identities(for configuration: ServerConfiguration) throws(CorefileError) -> Identities {
        let known = current.withLock { $0 }
        var found: Identities = [:]
        for settings in configuration.certificates {
            let files = try Self.files(settings)
            if let same = known[settings.definition], same.isMade(of: files, for: settings.definition) {
                found[settings.definition] = same
            } else {
                found[settings.definition] = try TLSIdentity(settings, files, now: Self.now)
            }
        }
        return found
    }

    /// Takes these as the ones in force, and says what is new.
    func use(_ identities: Identities) {
        let known = current.withLock { current in
            defer { current = identities }
            return current
        }
        for (definition, identity) in identities {
            if known[definition] !== identity {
                logger.info(
                    "plugin/tls: \(definition.certificate) is in use, for \(identity.subject), until \(UTCTime.text(identity.expiry))"
                )
            }
            if let warning = Self.warning(identity) { logger.warning("plugin/tls: \(warning)") }
        }
    }

    /// Everything wrong with the certificates of a configuration.
    static func findings(_ configuration: ServerConfiguration) -> [Finding] {
        configuration.certificates.compactMap { settings in
            do throws(CorefileError) {
                let identity = try TLSIdentity(settings, try files(settings), now: now)
                return warning(identity).map {
                    Finding(.warning, CorefileError(at: settings.position, $0))
                }
            } catch {
                return Finding(.error, error)
            }
        }
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    private static func warning(_ identity: TLSIdentity) -> String? {
        guard identity.expiry < now + warningTime else { return nil }
        let verb = identity.expiry < now ? "expired" : "expires"
        return "the certificate in \(identity.definition.certificate), for \(identity.subject), "
            + "\(verb) on \(UTCTime.text(identity.expiry)); renew it"
    }

    private static func files(_ settings: TLSSettings) throws(CorefileError) -> TLSIdentity.Files {
        let definition = settings.definition
        let key = try contents(of: definition.key, settings)
        if let problem = KeyFile.problem(definition.key) {
            throw CorefileError(at: settings.position, "\"tls\" cannot be used: \(problem)")
        }
        return TLSIdentity.Files(
            certificate: try contents(of: definition.certificate, settings), key: key,
            authority: try definition.authority.map { path throws(CorefileError) in try contents(of: path, settings) })
    }

    private static func contents(of path: String, _ settings: TLSSettings) throws(CorefileError) -> [UInt8] {
        let octets: [UInt8]
        do throws(CorefileLoadFailure) {
            octets = try DiskCorefileLoader().contents(of: path, limit: octetCountMax)
        } catch {
            throw CorefileError(
                at: settings.position,
                "\"tls\" cannot be used: \(path) cannot be read (\(error.reason)); create it, or name another file")
        }
        guard octets.count <= octetCountMax else {
            throw CorefileError(
                at: settings.position,
                "\"tls\" cannot be used: \(path) is over 1 MiB, so it is no certificate and no key")
        }
        return octets
    }
}

extension ServerConfiguration {
    /// The paths of the files that its `tls` directives name.
    var certificateFiles: [String] {
        certificates.map(\.definition).flatMap { [$0.certificate, $0.key] + ($0.authority.map { [$0] } ?? []) }
    }
}
