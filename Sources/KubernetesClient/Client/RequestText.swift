import AsyncHTTPClient
import KubernetesProtocol
import NIOHTTP1

extension APIRequest {
    /// The request as it is sent; `asksForJSON` leaves protobuf out.
    func httpRequest(
        to configuration: APIServerConfiguration, _ session: Credentials.Session, asksForJSON: Bool
    ) -> HTTPClientRequest {
        let accepted = accepts.filter { $0 == .json || !asksForJSON }
        let types = (accepted.isEmpty ? [.json] : accepted).map(\.contentType).joined(separator: ",")
        return Self.httpRequest(target, accept: types, to: configuration, session)
    }

    /// A GET of `target`, a path with its query.
    static func httpRequest(
        _ target: String, accept: String, to configuration: APIServerConfiguration, _ session: Credentials.Session
    ) -> HTTPClientRequest {
        let server = configuration.server
        let name = ServerURL.bracketed(configuration.serverName ?? server.host)
        var request = HTTPClientRequest(url: "\(server.scheme)://\(name):\(server.port)\(server.path)\(target)")
        request.headers = ["Host": server.authority, "User-Agent": "clusterdns", "Accept": accept]
        if let authorization = session.authorization {
            request.headers.add(name: "Authorization", value: authorization.value)
        }
        request.tlsConfiguration = session.tls
        return request
    }

    /// Path and query, percent-encoded (RFC 3986 §2.3: all but the unreserved characters).
    var target: String {
        let path = Self.encoded(path, keeping: "/")
        let items = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
        return items.isEmpty ? path : "\(path)?\(items.joined(separator: "&"))"
    }

    private static func encoded(_ text: String, keeping kept: String = "") -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8 + Array(kept.utf8))
        var result = ""
        for octet in text.utf8 {
            if plain.contains(octet) {
                result.unicodeScalars.append(Unicode.Scalar(octet))
            } else {
                result += (octet < 16 ? "%0" : "%") + String(octet, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
