package import Corefile
package import DNSWire
import NetworkAddress

/// `hosts [FILE [ZONE…]] { ADDRESS NAME…; ttl SECONDS; no_reverse; reload DURATION; fallthrough [ZONE…] }`.
///
/// Answers A, AAAA and PTR from a hosts file and the lines of the block. FILE is `/etc/hosts` where neither it nor a line
/// is given, ttl 3600, reload 5s (0s: never). A name that is not there is NXDOMAIN, or the next plugin's by `fallthrough`.
package final class HostsPlugin: Plugin {
    package static let directive = "hosts"

    private let table: Int
    private let zones: FallthroughZones
    private let fallthroughZones: FallthroughZones

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var definition = HostsDefinition(
            file: nil, inline: [], ttl: 3600, answersReverse: true, reloadInterval: .seconds(5))
        var fallthroughZones = FallthroughZones.none
        for option in directive.options {
            if option.name.text == "fallthrough" {
                fallthroughZones = try FallthroughZones(option, in: scope)
            } else {
                try Self.read(option, of: directive, into: &definition)
            }
        }
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
                throw option.unknownOption(of: directive, known: ["ttl", "no_reverse", "reload", "fallthrough"])
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

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard zones.covers(query.name) else { return .pass }
        if turn.state.hosts[table].answer(query, &response) { return .answered(.noError) }
        if fallthroughZones.covers(query.name) { return .pass }
        response.flags |= Query.Flag.authoritative
        return .answered(.nxDomain)
    }
}
