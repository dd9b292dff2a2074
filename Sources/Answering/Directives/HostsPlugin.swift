package import Corefile
package import DNSWire
import NetworkAddress

/// `hosts [FILE [ZONE…]] { ADDRESS NAME…; ttl SECONDS; no_reverse; reload DURATION; fallthrough [ZONE…];
/// fallthrough_unsupported }`.
///
/// Answers A, AAAA and PTR from a hosts file and the lines of the block. FILE is `/etc/hosts` where neither it nor a line
/// is given, ttl 3600, reload 5s (0s: never). Names in no ZONE are passed over. A name that is not there is NXDOMAIN, or
/// the next plugin's by `fallthrough`, and a name that is has no other types, or the next plugin's by
/// `fallthrough_unsupported`. An address without a name is always the next plugin's, and one with names is answered
/// whatever ZONE says. A file counts up to 64 MiB and 2,000,000 names.
package final class HostsPlugin: Plugin {
    package static let directive = "hosts"

    private let table: Int
    private let zones: FallthroughZones
    private let fallthroughZones: FallthroughZones
    /// Within `fallthroughZones`, types other than A, AAAA and PTR are the next plugin's.
    private let passesOtherTypes: Bool

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var definition = HostsDefinition(
            file: nil, inline: [], ttl: 3600, answersReverse: true, zones: [], reloadInterval: .seconds(5))
        var fallthroughZones = FallthroughZones.none
        var otherTypes: Directive?
        for option in directive.options {
            switch option.name.text {
            case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
            case "fallthrough_unsupported":
                try option.rejectArguments()
                otherTypes = option
            default: try Self.read(option, of: directive, into: &definition)
            }
        }
        if let otherTypes, fallthroughZones == .none {
            throw otherTypes.refused("needs \"fallthrough\", whose zones it shares; add that line")
        }
        passesOtherTypes = otherTypes != nil
        if let file = directive.arguments.first {
            definition.file = scope.path(file.text)
        } else if definition.inline.isEmpty {
            definition.file = "/etc/hosts"
        }
        var names: [Name] = []
        for zone in try directive.arguments.dropFirst().zones(default: scope.zones) {
            names.append(try scope.name(zone, at: directive.name))
        }
        zones = FallthroughZones(names: names)
        definition.zones = names
        for name in definition.inline.flatMap(\.names) where !names.contains(where: { name.isAtOrBelow($0) }) {
            scope.warnings.append(
                directive.refused("names \(name), which lies in none of its zones and so is never answered"))
        }
        self.fallthroughZones = fallthroughZones
        table = scope.index(of: definition)
    }

    private static func read(
        _ option: Directive, of directive: Directive, into definition: inout HostsDefinition
    ) throws(CorefileError) {
        switch option.name.text {
        case "ttl": definition.ttl = UInt32(try option.onlyArgument().integer(in: 1...65_535))
        case "reload": definition.reloadInterval = try option.onlyArgument().duration(bareNumber: .seconds)
        case "no_reverse":
            try option.rejectArguments()
            definition.answersReverse = false
        default:
            guard let address = IPAddress(option.name.text) else {
                throw option.unknownOption(
                    of: directive, known: ["ttl", "no_reverse", "reload", "fallthrough", "fallthrough_unsupported"])
            }
            try option.requireArgumentCount(1...)
            var names: [Name] = []
            for argument in option.arguments {
                guard let name = try? Name(argument.text) else { throw argument.refused("is no host name") }
                names.append(name)
            }
            definition.inline.append(HostsEntry(address: address, names: names))
        }
    }

    package static let typesToAskFor: [RRType] = [.a, .ptr, .aaaa]

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        let isOurs = zones.covers(query.name)
        switch query.qtype {
        case .a, .aaaa: guard isOurs else { return .pass }
        case .ptr: break
        default:
            guard isOurs, !passesOtherTypes || !fallthroughZones.covers(query.name) else { return .pass }
        }
        if turn.state.hosts[table].answer(query, &response) { return .answered(.noError) }
        if !isOurs || fallthroughZones.covers(query.name) || query.qtype == .ptr && !turn.isLast { return .pass }
        response.flags |= Query.Flag.authoritative
        return .answered(.nxDomain)
    }
}
