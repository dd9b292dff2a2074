import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NetworkAddress

/// The certificate a server shows: looked at again after a handshake failed, to say what is wrong with it.
struct PresentedCertificate: Sendable {
    var notBefore: Date
    var notAfter: Date
    /// Names and addresses, as in subjectAltName.
    var names: [String]

    /// Shakes hands once more, sends nothing, and hangs up; nil where that does not give a certificate within 2 s.
    static func of(_ server: ServerURL, serverName: String?, group: any EventLoopGroup) async -> PresentedCertificate? {
        let loop = group.any()
        let shown = loop.makePromise(of: PresentedCertificate?.self)
        let name = serverName ?? ((try? SocketAddress(ipAddress: server.host, port: 0)) == nil ? server.host : nil)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(2)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let context = try NIOSSLContext(configuration: .makeClientConfiguration())
                let handler = try NIOSSLClientHandler(context: context, serverHostname: name) { certificates, verdict in
                    shown.succeed(certificates.first.map(PresentedCertificate.init))
                    verdict.succeed(NIOSSLVerificationResult.failed)
                }
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        let overdue = loop.scheduleTask(in: .seconds(2)) { shown.succeed(nil) }
        defer { overdue.cancel() }
        guard let channel = try? await bootstrap.connect(host: server.host, port: server.port).get() else {
            shown.succeed(nil)
            return nil
        }
        let found = try? await shown.futureResult.get()
        try? await channel.close()
        return found.flatMap { $0 }
    }

    private init(_ certificate: NIOSSLCertificate) {
        notBefore = Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore))
        notAfter = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
        names = certificate._subjectAlternativeNames().compactMap(Self.name)
    }

    private static func name(_ name: _SubjectAlternativeName) -> String? {
        switch name.nameType {
        case .dnsName: String(decoding: name.contents, as: UTF8.self)
        case .ipAddress: IPAddress(octets: Array(name.contents))?.description
        default: nil
        }
    }

    /// A sentence's end: what is wrong with the certificate, and the remedy; `host` is what it must be valid for.
    func complaint(host: String, namesMatch: Bool, origin: String, now: Date = .now) -> String {
        if notAfter < now {
            return "shows a certificate that expired on \(notAfter.formatted(.iso8601)); renew it."
        }
        if notBefore > now {
            return "shows a certificate that is not valid before \(notBefore.formatted(.iso8601)), and the clock here "
                + "says \(now.formatted(.iso8601)); set the clock."
        }
        if !namesMatch {
            return "shows a certificate for \(names.joined(separator: ", ")), not for \(host); "
                + "write one of those names in the URL, or in tls-server-name."
        }
        return
            "shows a certificate of an authority that is not trusted; correct the certificate authority in \(origin)."
    }
}
