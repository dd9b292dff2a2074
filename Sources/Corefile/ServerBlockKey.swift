/// One zone a server block answers for, with its transport and port: `[scheme://]zone[:port]`.
package struct ServerBlockKey: Hashable, Sendable, CustomStringConvertible {
    package var scheme: Scheme
    /// In lower case with the final dot: `cluster.local.`, `.`.
    package var zone: String
    package var port: UInt16
    package var position: SourcePosition
    /// The word as written; the zones of one CIDR key share it.
    package var text: String

    /// `scheme://zone:port`, all parts spelled out.
    package var description: String { "\(scheme.rawValue)://\(zone):\(port)" }

    /// Reads one word; several keys when it is a prefix off the boundaries of reverse zones.
    static func keys(_ word: Token, defaultPort: UInt16?) throws(CorefileError) -> [ServerBlockKey] {
        let (scheme, rest) = try scheme(word)
        let (zone, port) = try port(rest, word)
        let usual = scheme == .dns ? defaultPort ?? scheme.defaultPort : scheme.defaultPort
        return try ZoneText.zones(zone.isEmpty ? "." : String(zone), word).map { zone in
            ServerBlockKey(
                scheme: scheme, zone: zone, port: port ?? usual, position: word.position, text: word.text)
        }
    }

    private static func scheme(_ word: Token) throws(CorefileError) -> (Scheme, rest: Substring) {
        let octets = word.text.utf8
        guard let slashes = octets.indices.first(where: { octets[$0...].starts(with: "://".utf8) }) else {
            return (.dns, word.text[...])
        }
        guard let scheme = Scheme(rawValue: word.text[..<slashes].lowercased()) else {
            let known = Quoting.alternatives(Scheme.allCases.map(\.rawValue))
            throw word.refused("starts with an unknown scheme; expected \(known) before \"://\"")
        }
        return (scheme, word.text[octets.index(slashes, offsetBy: 3)...])
    }

    /// Cuts the port off; the last colon of an IPv6 prefix starts none, for `/length` follows it.
    private static func port(_ text: Substring, _ word: Token) throws(CorefileError) -> (zone: Substring, UInt16?) {
        guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
        let digits = text[text.index(after: colon)...]
        if digits.contains("/") { return (text, nil) }
        if text[..<colon].contains(":"), !text.contains("/") {
            throw word.refused("is no zone; write an IPv6 reverse zone as ADDRESS/LENGTH")
        }
        guard let port = Digits.port(digits) else {
            throw word.refused("ends in no port; expected 1 to 65535 behind the last colon")
        }
        return (text[..<colon], port)
    }
}
