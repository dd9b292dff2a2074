package import Corefile
package import DNSWire

/// `file DBFILE [ZONE…] { reload DURATION; fallthrough [ZONE…] }`: zones from a master file (RFC 1035 §5).
///
/// ZONE: the block's zones by default; the file is read for each of them, relative names lie below it, and records outside
/// do not count. `reload` says how often the file is looked at: 1m by default, 0 for never; what has changed is read again,
/// and a file that cannot be used leaves the zone as it is. A name that does not exist is NXDOMAIN, or the next plugin's
/// by `fallthrough`. A zone that was never read answers SERVFAIL.
package final class FilePlugin: Plugin {
    package static let directive = "file"

    let answers: ZoneSetAnswers

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(1...)
        var definition = ZoneSetDefinition(
            source: .file(scope.path(directive.arguments[0].text)),
            zones: try ZoneSetOptions.zones(directive.arguments.dropFirst(), of: directive, in: scope),
            reloadInterval: .seconds(60))
        var fallthroughZones = FallthroughZones.none
        for option in directive.options {
            switch option.name.text {
            case "reload": definition.reloadInterval = try option.onlyArgument().duration(bareNumber: .seconds)
            case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
            default: throw option.unknownOption(of: directive, known: ["reload", "fallthrough"])
            }
        }
        answers = ZoneSetAnswers(set: scope.index(of: definition), fallthroughZones: fallthroughZones)
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
