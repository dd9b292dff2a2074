import Corefile
import DNSWire
import NetworkAddress

/// A `rewrite edns0` line: an option of what is asked of upstreams.
///
/// Options of clients are never passed on.
struct EDNSRewrite: Sendable {
    enum Action: String, CaseIterable { case set, append, replace, unset }

    /// What a local option says.
    enum Data: Hashable, Sendable {
        case octets([UInt8])
        case variable(Variable)
    }

    enum Variable: String, CaseIterable {
        case qname, qtype, protocol_ = "protocol", clientIP = "client_ip", clientPort = "client_port"
        case serverIP = "server_ip", serverPort = "server_port"
    }

    enum Option: Hashable, Sendable {
        case local(UInt16, Data)
        /// Asks for the server's identifier (RFC 5001).
        case nsid
        /// The client's subnet: so many bits of its address (RFC 7871).
        case subnet(ipv4: Int, ipv6: Int)

        var code: UInt16 {
            switch self {
            case .local(let code, _): code
            case .nsid: 3
            case .subnet: 8
            }
        }
    }

    /// Who asks, and where.
    struct Scene: Sendable {
        var client: QueryClient
        var listen: ListenAddress
    }

    var action: Action
    var option: Option

    /// `replace` is for questions that have the option, from the client or by a line before; `append` for others.
    func matches(_ query: borrowing Query) -> Bool {
        let isThere = query.edns.hasOption(option.code) || OptionList.has(option.code, in: query.upstreamOptions)
        return switch action {
        case .set, .unset: true
        case .append: !isThere
        case .replace: isThere
        }
    }

    func apply(to query: inout Query, _ scene: Scene) {
        OptionList.remove(option.code, from: &query.upstreamOptions)
        guard action != .unset, let value = value(query, scene) else { return }
        query.upstreamOptions.append(bigEndian: option.code)
        query.upstreamOptions.append(bigEndian: UInt16(truncatingIfNeeded: value.count))
        query.upstreamOptions += value
    }

    /// Nil for a server address that is not known, where all are listened at.
    private func value(_ query: borrowing Query, _ scene: Scene) -> [UInt8]? {
        switch option {
        case .local(_, .octets(let octets)): octets
        case .local(_, .variable(let variable)): variable.octets(query, scene)
        case .nsid: []
        case .subnet(let ipv4, let ipv6):
            Self.subnet(scene.client.address, bits: scene.client.address.isIPv4 ? ipv4 : ipv6)
        }
    }

    /// FAMILY, SOURCE PREFIX-LENGTH, SCOPE PREFIX-LENGTH 0, and no octet more of the address than is needed.
    private static func subnet(_ address: IPAddress, bits: Int) -> [UInt8] {
        var octets = Array(address.octets.prefix((bits + 7) / 8))
        if bits % 8 != 0, let last = octets.popLast() { octets.append(last & ~(0xFF >> UInt8(bits % 8))) }
        return [0, address.isIPv4 ? 1 : 2, UInt8(truncatingIfNeeded: bits), 0] + octets
    }
}

extension EDNSRewrite.Variable {
    /// As CoreDNS has them: names and protocols as text, addresses and numbers in network order.
    fileprivate func octets(_ query: borrowing Query, _ scene: EDNSRewrite.Scene) -> [UInt8]? {
        switch self {
        case .qname: query.name.presentation
        case .qtype: Self.octets(query.qtype.rawValue)
        case .protocol_: Array((scene.client.transport == .udp ? "udp" : "tcp").utf8)
        case .clientIP: scene.client.address.octets
        case .clientPort: Self.octets(scene.client.port)
        case .serverIP: scene.listen.address?.octets
        case .serverPort: Self.octets(scene.listen.port)
        }
    }

    private static func octets(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
}

/// Options in wire form, one behind the other, as this server wrote them.
private enum OptionList {
    static func has(_ code: UInt16, in options: [UInt8]) -> Bool { range(of: code, in: options) != nil }

    static func remove(_ code: UInt16, from options: inout [UInt8]) {
        if let range = range(of: code, in: options) { options.removeSubrange(range) }
    }

    private static func range(of code: UInt16, in options: [UInt8]) -> Range<Int>? {
        var at = 0
        while at + 4 <= options.count {
            let end = at + 4 + (Int(options[at + 2]) << 8 | Int(options[at + 3]))
            if UInt16(options[at]) << 8 | UInt16(options[at + 1]) == code { return at..<min(end, options.count) }
            at = end
        }
        return nil
    }
}

extension Token {
    /// The most octets of data in a line.
    private static let optionOctetCountMax = 256

    /// A decimal number, or a hexadecimal one behind `0x`; 0 is reserved.
    func optionCode() throws(CorefileError) -> UInt16 {
        let code = text.lowercased().hasPrefix("0x") ? UInt16(text.dropFirst(2), radix: 16) : UInt16(text)
        guard let code, code > 0 else {
            throw refused("is no code of an option; expected for example \"0xffee\" or \"65518\"")
        }
        return code
    }

    /// Octets in hexadecimal behind `0x`, a variable in braces, or text.
    func optionData() throws(CorefileError) -> EDNSRewrite.Data {
        guard text.utf8.count <= Self.optionOctetCountMax else {
            throw refused("is too long; an option may have \(Self.optionOctetCountMax) octets")
        }
        if text.hasPrefix("{"), text.hasSuffix("}") {
            let name = Token(text: String(text.dropFirst().dropLast()), position: position)
            return .variable(try name.choice("variable", of: EDNSRewrite.Variable.self))
        }
        guard text.hasPrefix("0x") else { return .octets(Array(text.utf8)) }
        let digits = Array(text.utf8.dropFirst(2))
        let octets = stride(from: 0, to: digits.count, by: 2).map { place in
            UInt8(String(decoding: digits[place..<min(place + 2, digits.count)], as: UTF8.self), radix: 16)
        }
        guard digits.count.isMultiple(of: 2), !octets.contains(nil) else {
            throw refused("is no even number of hexadecimal digits")
        }
        return .octets(octets.compactMap(\.self))
    }
}
