import Foundation

/// The URL of an API server: scheme, host, port and the path that all requests start with.
package struct ServerURL: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// A name or an address, an IPv6 address without brackets.
    package let host: String
    /// 443 and 80 where the URL has none.
    package let port: Int
    /// Empty, or a path with a leading and without a trailing `/`, as gateways before several clusters have it.
    package let path: String

    /// Takes `http` and `https` URLs.
    ///
    /// Throws for anything else; `place` is what the sentence says the URL was found in.
    package init(_ text: String, in place: String) throws(ConfigurationError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else {
            throw ConfigurationError(
                "\(place) says the API server is at “\(text)”, which is no URL; write https://HOST:PORT.")
        }
        guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
            throw ConfigurationError(
                "\(place) has a URL of the API server with more than scheme, host, port and path; leave the rest out.")
        }
        let port = parts.port ?? (scheme == "https" ? 443 : 80)
        guard (1...65535).contains(port) else {
            throw ConfigurationError("\(place) says the API server is at port \(port); write one from 1 to 65535.")
        }
        self.init(isSecure: scheme == "https", host: host, port: port, path: parts.percentEncodedPath)
    }

    init(isSecure: Bool, host: String, port: Int, path: String = "") {
        self.isSecure = isSecure
        self.host = host.first == "[" ? String(host.dropFirst().prefix { $0 != "]" }) : host
        self.port = port
        self.path = path.last == "/" ? String(path.dropLast()) : path
    }

    /// `HOST:PORT`, an IPv6 address in brackets: the Host header, and the `host` label of metrics.
    package var authority: String { "\(Self.bracketed(host)):\(port)" }

    package var description: String { "\(scheme)://\(authority)\(path)" }

    var scheme: String { isSecure ? "https" : "http" }

    static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
