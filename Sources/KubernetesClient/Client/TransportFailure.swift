import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Says in words why a connection failed; nothing of a request is ever in them.
enum TransportFailure {
    /// The end of a sentence that begins with the server.
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: connection(error)
        case let error as IOError: io(error)
        case let error as HTTPClientError: client(error)
        case let error as NIOSSLError: tls("\(error)")
        case let error as BoringSSLError: tls("\(error)")
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "shows a certificate for another name"
        case is NIOTooManyBytesError: "answers with more octets than one object has"
        case HTTPParserError.invalidEOFState: "closed the connection before the end of its answer"
        case is HTTPParserError: "answers with octets that are no HTTP"
        case let error as ChannelError: channel(error)
        default: "cannot be talked to (\(type(of: error)))"
        }
    }

    /// Whether the handshake failed because of the server's certificate, and whether not because of its names.
    static func certificateFault(_ error: any Error) -> (isFault: Bool, namesMatch: Bool) {
        if let error = error as? NIOSSLExtraError { return (error == .failedToValidateHostname, false) }
        if let error = error as? NIOSSLError, error == .unableToValidateCertificate { return (true, false) }
        let isTLS = error is NIOSSLError || error is BoringSSLError
        return (isTLS && "\(error)".contains("CERTIFICATE_VERIFY_FAILED"), true)
    }

    private static func connection(_ error: NIOConnectionError) -> String {
        if let first = error.connectionErrors.first { return words(first.error) }
        if error.dnsAError != nil || error.dnsAAAAError != nil {
            return "has a name that cannot be resolved; correct it, or name an address"
        }
        return "has no address"
    }

    private static func io(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "refuses the connection; check that it runs, and its port"
        case ENETUNREACH, EHOSTUNREACH: "cannot be reached from here; check routes and firewalls"
        case ECONNRESET, EPIPE: "broke the connection off"
        case ETIMEDOUT: "does not answer"
        default: "cannot be reached: \(unsafe String(cString: strerror(error.errnoCode)))"
        }
    }

    private static func client(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            "does not answer in time; check its address, and firewalls on the way"
        case .deadlineExceeded, .readTimeout: "took the request and does not answer it"
        case .remoteConnectionClosed, .uncleanShutdown: "closed the connection before the end of its answer"
        case .cancelled: "was not waited for"
        case .alreadyShutdown: "is not asked any more: this process ends"
        default: "cannot be talked to (\(error.shortDescription))"
        }
    }

    private static func channel(_ error: ChannelError) -> String {
        switch error {
        case .connectTimeout: "does not answer in time; check its address, and firewalls on the way"
        default: "closed the connection before the end of its answer"
        }
    }

    /// BoringSSL's own word, as `WRONG_VERSION_NUMBER`, stands last among words set off by colons.
    private static func tls(_ text: String) -> String {
        let words = text.split { !$0.isUppercase && !$0.isNumber && $0 != "_" }.filter {
            $0.contains("_") && $0.count > 8
        }
        let reason = words.last.map(String.init) ?? ""
        return switch reason {
        case "WRONG_VERSION_NUMBER": "does not speak TLS; write http, or name its other port"
        case let alert where alert.contains("ALERT"):
            "ended the TLS handshake with \(alert); check the client certificate and the TLS versions"
        case "": "closed the connection during the TLS handshake"
        default: "and we cannot agree on TLS (\(reason))"
        }
    }
}
