package import Corefile
package import DNSWire
package import TSIG

/// `secondary [ZONE…] { transfer from ADDRESS… [key NAME]; expire DURATION; fallthrough [ZONE…] }`: copies of zones that
/// other servers have (RFC 1034 §4.3.5).
///
///     transfer from ADDRESS… [key NAME]    primaries, asked in turn, with questions signed by that key of `tsig`; over
///                                          TLS where it is tls://IP[%NAME][:PORT] (RFC 9103)
///     tls [CERT KEY] [CA]                  files for TLS, as those of `forward`
///     tls_servername NAME                  whom the certificate of primaries is for that have no NAME [their address]
///     expire DURATION                      how long to answer while no primary does [the SOA's EXPIRE; on a node 7 days]
///     state DIR                            where copies are kept, for a restart to answer from at once
///     fallthrough [ZONE…]                  names that do not exist are the next plugin's
///
/// A copy follows its primary's NOTIFY and the SOA's timers, by differences where the primary has them. Until it is there,
/// and when it has expired, its names get SERVFAIL. ZONE is the block's zones unless given.
package final class SecondaryPlugin: Plugin {
    package static let directive = "secondary"

    private static let known = ["transfer", "tls", "tls_servername", "expire", "state", "fallthrough"]

    let answers: ZoneSetAnswers

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var source = SecondaryDefinition()
        var fallthroughZones = FallthroughZones.none
        var serverName: String?
        for option in directive.options {
            switch option.name.text {
            case "transfer": source.primaries += try Self.primaries(option, scope)
            case "tls": source.tls = try ClientTLS(option, scope)
            case "tls_servername": serverName = try option.onlyArgument().text
            case "expire": source.expiry = try option.onlyArgument().duration(bareNumber: .seconds)
            case "state": source.stateDirectory = scope.path(try option.onlyArgument().text)
            case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
            default: throw option.unknownOption(of: directive, known: Self.known)
            }
        }
        guard !source.primaries.isEmpty else {
            throw directive.refused("has no primary; write \"transfer from ADDRESS\"")
        }
        guard source.primaries.contains(where: \.place.isTLS) || source.tls == ClientTLS() && serverName == nil else {
            throw directive.refused("sets up TLS, and no primary starts with \"tls://\"; write the prefix before one")
        }
        for index in source.primaries.indices where source.primaries[index].place.transport == .tls(serverName: nil) {
            source.primaries[index].place.transport = .tls(serverName: serverName)
        }
        source.expiry = source.expiry ?? scope.environment.copyExpiry
        let definition = ZoneSetDefinition(
            source: .secondary(source),
            zones: try ZoneSetOptions.zones(directive.arguments[...], of: directive, in: scope), reloadInterval: .zero)
        answers = ZoneSetAnswers(set: scope.index(of: definition), fallthroughZones: fallthroughZones)
    }

    private static func primaries(
        _ option: Directive, _ scope: BlockScope
    ) throws(CorefileError) -> [SecondaryDefinition.Primary] {
        try option.rejectOptions()
        var words = option.arguments[...]
        guard words.popFirst()?.text == "from" else {
            throw option.refused("says where zones come from; write \"transfer from ADDRESS…\"")
        }
        var key: TSIGKey?
        if words.count >= 2, words[words.endIndex - 2].text == "key" {
            key = scope.keyring[try scope.keyName(words[words.endIndex - 1])]
            words = words.dropLast(2)
        }
        guard !words.isEmpty else { throw option.refused("names no primary; write its address") }
        var primaries: [SecondaryDefinition.Primary] = []
        for word in words {
            let isTLS = word.text.hasPrefix("tls://")
            let text = isTLS ? String(word.text.dropFirst("tls://".count)) : word.text
            guard let place = UpstreamAddress(text, isTLS: isTLS) else {
                throw word.refused(
                    "is no address of a primary; expected for example 192.0.2.1, [2001:db8::1]:53 or tls://192.0.2.1")
            }
            primaries.append(.init(place: place, key: key))
        }
        return primaries
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition { answers.begin(query, &response, turn) }

    package func appendTypes(at query: borrowing Query, to types: inout [UInt16], _ turn: borrowing Turn) {
        answers.appendTypes(at: query, to: &types, turn)
    }

    package func hasZone(above name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        answers.hasZone(above: name, turn)
    }

    package func hasZone(at name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        answers.hasZone(at: name, turn)
    }
}

/// Where the copies of a `secondary` come from.
package struct SecondaryDefinition: Hashable, Sendable {
    package struct Primary: Hashable, Sendable {
        package var place: UpstreamAddress
        /// What questions are signed with, and NOTIFY has to be.
        package var key: TSIGKey?

        package init(place: UpstreamAddress, key: TSIGKey? = nil) {
            self.place = place
            self.key = key
        }
    }

    package var primaries: [Primary] = []
    /// For primaries that are asked over TLS.
    package var tls = ClientTLS()
    /// nil: as the SOA says.
    package var expiry: Duration?
    /// nil: copies are in memory alone.
    package var stateDirectory: String?
}
