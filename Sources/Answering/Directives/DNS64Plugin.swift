import ClusterZone
package import Corefile
package import DNSWire
import NetworkAddress

/// `dns64 [PREFIX] { prefix PREFIX; translate_all; allow_ipv4 }`: IPv6 addresses for names that have none (RFC 6147).
///
/// A name without AAAA records that are any good is answered with its A records behind PREFIX (64:ff9b::/96), which a NAT64
/// takes; PTR questions for addresses with the prefix get a CNAME to the name of the IPv4 address. `translate_all` makes
/// addresses even where there are AAAA records. Only clients that ask over IPv6 are served so, with `allow_ipv4` all.
/// A client that validates for itself (DO and CD) gets what there is.
package final class DNS64Plugin: Plugin {
    package static let directive = "dns64"

    /// What RFC 6147 §5.1.7 gives where no SOA says how long there will be no AAAA record.
    static let ttlMax: UInt32 = 600

    let prefix: DNS64Prefix
    let translatesAll: Bool
    private let allowsIPv4: Bool

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try scope.refuseSecond(directive)
        try directive.requireArgumentCount(0...1)
        var prefix = DNS64Prefix.wellKnown
        if let argument = directive.arguments.first { prefix = try DNS64Prefix(argument) }
        var (translatesAll, allowsIPv4) = (false, false)
        for option in directive.options {
            switch option.name.text {
            case "prefix": prefix = try DNS64Prefix(option.onlyArgument())
            case "translate_all":
                try option.rejectArguments()
                translatesAll = true
            case "allow_ipv4":
                try option.rejectArguments()
                allowsIPv4 = true
            default: throw option.unknownOption(of: directive, known: ["prefix", "translate_all", "allow_ipv4"])
            }
        }
        self.prefix = prefix
        self.translatesAll = translatesAll
        self.allowsIPv4 = allowsIPv4
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard query.qtype == .aaaa || query.qtype == .ptr, allowsIPv4 || !turn.client.address.unmapped.isIPv4 else {
            return .pass
        }
        if query.qtype == .ptr { return answerPointer(query, &response) }
        return query.edns.dnssecOK && query.checkingDisabled ? .pass : .interposes(place: turn.place)
    }

    /// A CNAME to the name of the IPv4 address (RFC 6147 §5.3.1).
    private func answerPointer(_ query: borrowing Query, _ response: inout ResponseWriter) -> Disposition {
        guard let address = ReverseName.address(of: query.name), let ipv4 = prefix.ipv4(in: address) else {
            return .pass
        }
        let name = ReverseOctets(ipv4)
        let parent = Self.inAddrArpa
        guard let target = response.appendAlias(to: name.octets, parent.rawSpan, ttl: Self.ttlMax) else {
            response.flags |= Query.Flag.truncated
            return .answered(.noError)
        }
        return .alias(targetOffset: target)
    }

    private static let inAddrArpa: [UInt8] = [7] + Array("in-addr".utf8) + [4] + Array("arpa".utf8) + [0]
}

/// The four labels of an IPv4 address in front of in-addr.arpa, the last octet first.
private struct ReverseOctets: ~Copyable {
    private var storage = InlineArray<16, UInt8>(repeating: 0)
    private var count = 0

    init(_ ipv4: UInt32) {
        for index in 0..<4 {
            let octet = UInt8(truncatingIfNeeded: ipv4 >> UInt32(8 * index))
            append(octet < 10 ? 1 : octet < 100 ? 2 : 3)
            if octet >= 100 { append(0x30 + octet / 100) }
            if octet >= 10 { append(0x30 + octet / 10 % 10) }
            append(0x30 + octet % 10)
        }
    }

    var octets: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: an octet has no padding.
            unsafe storage.span.bytes.extracting(first: count)
        }
    }

    private mutating func append(_ octet: UInt8) {
        storage[count] = octet
        count += 1
    }
}
