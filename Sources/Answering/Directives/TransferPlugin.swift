package import Corefile
package import DNSWire
import DNSZone
package import NetworkAddress
import TSIG
import Transfers

/// `transfer [ZONE…] { to ADDRESS… [key NAME] }`: who may have all of a zone (RFC 5936, RFC 1995), over TCP and TLS.
///
/// ADDRESS is that of a client, a range, or `*` for all; `key NAME` asks for a signature by that key of `tsig` besides. An
/// address by itself, with a port or not, is also told of every new version (NOTIFY, RFC 1996). ZONE is the block's zones
/// unless given; of rules for a zone and for zones above it the one for the longest zone decides alone. Without a rule
/// nobody gets a transfer.
package final class TransferPlugin: Plugin {
    package static let directive = "transfer"
    package static let joinsLines = true

    package let rules: [TransferRule]

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        for rule in try TransferRule.rules(directive, scope) {
            if scope.transferRules.contains(where: { $0.zone == rule.zone }) {
                throw directive.refused("has a rule for \(rule.zone), as another of this block has; join them")
            }
            scope.transferRules.append(rule)
        }
        rules = scope.transferRules.sorted { $0.suffix.labelCount > $1.suffix.labelCount }
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard query.qtype == .axfr || query.qtype == .ixfr else { return .pass }
        for index in rules.indices where rules[index].suffix.covers(query.name) {
            return .interposes(place: turn.place)
        }
        return .pass
    }

    package func interpose(
        on answerer: inout Answerer, _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE? {
        let rcode = answer(on: &answerer, route, &response)
        // One that starts is counted at its end.
        if let rcode {
            answerer.count(rcode == .noError ? .sent : .refused, of: answerer.query.qtype, series: route.series)
        }
        return rcode
    }

    private func answer(
        on answerer: inout Answerer, _ route: ServerConfiguration.Route, _ response: inout ResponseWriter
    ) -> RCODE? {
        guard let rule = rules.first(where: { $0.suffix.covers(answerer.query.name) }),
            rule.permits(answerer.client.address.unmapped, key: answerer.signer?.key.name)
        else {
            response.extendedError = ExtendedError(ExtendedError.Code.prohibited)
            return .refused
        }
        // Only what is asked for as it is: what `rewrite` has made of a question is no zone's name.
        guard !answerer.isQuestionChanged, let zone = route.block.transferableZone(answerer.query.name, answerer.state)
        else { return .notAuth }
        let isDifference = answerer.query.qtype == .ixfr
        guard isDifference || answerer.client.transport == .tcp else { return .formErr }
        if isDifference, answerer.query.soaSerial == nil { return .formErr }
        let now = Duration.nanoseconds(Int64(clamping: answerer.now))
        let content = answerer.query.soaSerial.map { TransferContent(since: $0, of: zone, at: now) } ?? .whole
        if answerer.client.transport == .tcp {
            answerer.begin(content, of: zone, series: route.series)
            return nil
        }
        response.flags |= Query.Flag.authoritative
        var record: [UInt8] = []
        record.appendRecord(owner: [0xC0, 0x0C], type: .soa, ttl: zone.soa.ttl, rdata: zone.soa.rdata)
        if !response.appendRecord(record.rawSpan, to: .answer) { response.flags |= Query.Flag.truncated }
        return .noError
    }
}

/// Who may have the zones at and below one name.
package struct TransferRule: Sendable {
    /// One `to`.
    package struct Receiver: Hashable, Sendable {
        package var addresses: AddressSet
        /// nil: no signature is asked for.
        package var key: Name?
        /// Who is told of new versions.
        package var notified: [HostAndPort]
    }

    package let zone: Name
    let suffix: NameSuffix
    package let receivers: [Receiver]

    static func rules(_ directive: Directive, _ scope: BlockScope) throws(CorefileError) -> [TransferRule] {
        var receivers: [Receiver] = []
        for option in directive.options {
            try option.rejectOptions()
            guard option.name.text == "to" else { throw option.unknownOption(of: directive, known: ["to"]) }
            receivers.append(try receiver(option, scope))
        }
        if receivers.isEmpty { throw directive.refused("says to nobody; write \"to ADDRESS…\", or \"to *\" for all") }
        var rules: [TransferRule] = []
        for zone in try directive.arguments.zones(default: scope.zones) {
            let name = try scope.name(zone, at: directive.name)
            rules.append(TransferRule(zone: name, suffix: NameSuffix(name), receivers: receivers))
        }
        return rules
    }

    private static func receiver(_ option: Directive, _ scope: BlockScope) throws(CorefileError) -> Receiver {
        var words = option.arguments[...]
        var receiver = Receiver(addresses: .all, notified: [])
        if words.count >= 2, words[words.endIndex - 2].text == "key" {
            receiver.key = try scope.keyName(words[words.endIndex - 1])
            words = words.dropLast(2)
        }
        guard !words.isEmpty else { throw option.refused("names nobody; write an address, a range, or \"*\" for all") }
        var prefixes: [AddressPrefix] = []
        for word in words where word.text != "*" {
            if word.text.contains("/") {
                prefixes.append(try word.prefix().unmapped)
                continue
            }
            let place = try word.addressAndPort(defaultPort: 53)
            guard case .address(let address) = place.host else {
                throw word.refused("is no address; expected one, a range, or \"*\" for all")
            }
            let bits = address.isIPv4 ? 32 : 128
            if let prefix = AddressPrefix(base: address, length: bits) { prefixes.append(prefix.unmapped) }
            receiver.notified.append(place)
        }
        if !words.contains(where: { $0.text == "*" }) { receiver.addresses = AddressSet(prefixes) }
        return receiver
    }

    func permits(_ client: IPAddress, key: Name?) -> Bool {
        receivers.contains { $0.addresses.contains(client) && ($0.key == nil || $0.key == key) }
    }
}

extension BlockScope {
    /// The name of a key that a `tsig` of this block, or of one before it, has.
    func keyName(_ word: Token) throws(CorefileError) -> Name {
        guard let name = try? Name(word.text), keyring[name] != nil else {
            throw word.refused("is no key that a \"tsig\" of this block, or of one before it, has; write it there")
        }
        return name
    }
}
