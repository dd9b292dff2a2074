package import NetworkAddress

/// An address to listen at or to talk to, with its port.
package struct HostAndPort: Hashable, Sendable, CustomStringConvertible {
    package enum Host: Hashable, Sendable {
        /// No host was written: every local address.
        case any
        case address(IPAddress)
        /// A host name as written, `localhost`.
        case name(String)
    }

    package var host: Host
    package var port: UInt16

    package init(host: Host, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// The text a Corefile has for it, `[::1]:53`.
    package var description: String {
        switch host {
        case .any: ":\(port)"
        case .address(let address): address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        case .name(let name): "\(name):\(port)"
        }
    }
}

/// Addresses, prefixes, and hosts with a port.
extension Token {
    package func address() throws(CorefileError) -> IPAddress {
        guard let address = IPAddress(text) else {
            throw refused("is no address; expected IPv4 as \"10.0.0.10\" or IPv6 as \"fd00::10\"")
        }
        return address
    }

    /// Reads `ADDRESS/LENGTH`, or an address alone for itself; bits past the length are cleared.
    package func prefix() throws(CorefileError) -> AddressPrefix {
        guard let prefix = AddressPrefix(text) else {
            throw refused("is no address range; expected for example \"10.0.0.0/16\" or \"fd00::/108\"")
        }
        return prefix
    }

    /// Reads `:8080`, `127.0.0.1:9153`, `[::1]:53` or `localhost:9153`.
    ///
    /// Where `defaultPort` is given the port may be missing: `127.0.0.1`, `[::1]`, `::1`, `localhost`.
    package func addressAndPort(defaultPort: UInt16? = nil) throws(CorefileError) -> HostAndPort {
        if let address = IPAddress(text) { return try withDefault(.address(address), defaultPort) }
        guard let colon = text.lastIndex(of: ":"), text.last != "]" else {
            return try withDefault(try host(text), defaultPort)
        }
        guard let port = Digits.port(text[text.index(after: colon)...]) else {
            throw refused("ends in no port; expected 1 to 65535 behind the last colon")
        }
        let before = text[..<colon]
        return HostAndPort(host: before.isEmpty ? .any : try host(String(before)), port: port)
    }

    private func withDefault(_ host: HostAndPort.Host, _ port: UInt16?) throws(CorefileError) -> HostAndPort {
        guard let port else { throw refused("has no port; write one behind a colon, for example \":8080\"") }
        return HostAndPort(host: host, port: port)
    }

    private func host(_ text: String) throws(CorefileError) -> HostAndPort.Host {
        if text.hasPrefix("["), text.hasSuffix("]"), let address = IPAddress(text.dropFirst().dropLast()),
            address.family == .ipv6
        {
            return .address(address)
        }
        if let address = IPAddress(text), address.family == .ipv4 { return .address(address) }
        let isName = text.utf8.allSatisfy { octet in
            UnicodeScalar(octet).properties.isAlphabetic && octet < 0x80 || Digits.isDigit(octet)
                || "-._".utf8.contains(octet)
        }
        // Digits and dots alone are an address or a port with something wrong, never a host name.
        guard isName, text.utf8.count <= ZoneText.nameOctetsMax, !text.utf8.allSatisfy({ (0x2E...0x39).contains($0) })
        else {
            throw refused("is no host and port; expected for example \":8080\", \"127.0.0.1:9153\" or \"[::1]:53\"")
        }
        return .name(text)
    }
}
