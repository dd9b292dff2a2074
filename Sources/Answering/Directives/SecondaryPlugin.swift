package import Corefile
package import DNSWire
package import NetworkAddress
package import TSIG

/// `secondary [ZONE…] { transfer from ADDRESS… [key NAME]; expire DURATION; fallthrough [ZONE…] }`: copies of zones that
/// other servers have (RFC 1034 §4.3.5).
///
///     transfer from ADDRESS… [key NAME]    primaries, asked in turn, with questions signed by that key of `tsig`
///     expire DURATION                      how long to answer while no primary does [the SOA's EXPIRE; on a node 7 days]
///     state DIR                            where copies are kept, for a restart to answer from at once
///     fallthrough [ZONE…]                  names that do not exist are the next plugin's
///
/// A copy follows its primary's NOTIFY and the SOA's timers, by differences where the primary has them. Until it is there,
/// and when it has expired, its names get SERVFAIL. ZONE is the block's zones unless given.
package final class SecondaryPlugin: Plugin {
    package static let directive = "secondary"

    private static let known = ["transfer", "expire", "state", "fallthrough"]

    let answers: ZoneSetAnswers

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var source = SecondaryDefinition()
        var fallthroughZones = FallthroughZones.none
        for option in directive.options {
            switch option.name.text {
            case "transfer": source.primaries += try Self.primaries(option, scope)
            case "expire": source.expiry = try option.onlyArgument().duration(bareNumber: .seconds)
            case "state": source.stateDirectory = scope.path(try option.onlyArgument().text)
            case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
            default: throw option.unknownOption(of: directive, known: Self.known)
            }
        }
        guard !source.primaries.isEmpty else {
            throw directive.refused("has no primary; write \"transfer from ADDRESS\"")
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
            let place = try word.addressAndPort(defaultPort: 53)
            guard case .address(let address) = place.host else { throw word.refused("is no address of a primary") }
            primaries.append(.init(address: address, port: place.port, key: key))
        }
        return primaries
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition { answers.begin(query, &response, turn) }
}

/// Where the copies of a `secondary` come from.
package struct SecondaryDefinition: Hashable, Sendable {
    package struct Primary: Hashable, Sendable {
        package var address: IPAddress
        package var port: UInt16
        /// What questions are signed with, and NOTIFY has to be.
        package var key: TSIGKey?
    }

    package var primaries: [Primary] = []
    /// nil: as the SOA says.
    package var expiry: Duration?
    /// nil: copies are in memory alone.
    package var stateDirectory: String?
}
