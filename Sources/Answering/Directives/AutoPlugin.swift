package import Corefile
package import DNSWire
import Patterns

/// `auto [ZONE…] { directory DIR [REGEX ORIGIN_TEMPLATE]; reload DURATION; fallthrough [ZONE…] }`: zones from the master
/// files of a directory and those below it.
///
/// A file whose name REGEX matches, `db\.(.*)` by default, has the zone that ORIGIN_TEMPLATE names, `{1}` by default, where
/// that lies in ZONE (the block's zones by default). `reload` says how often the directory is looked at for files that are
/// new, gone or changed: 1m by default, 0 for never. Names in no zone that was found are the next plugin's; else as `file`.
package final class AutoPlugin: Plugin {
    package static let directive = "auto"

    private static let defaultPattern = #"db\.(.*)"#

    let answers: ZoneSetAnswers

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        let zones = try ZoneSetOptions.zones(directive.arguments[...], of: directive, in: scope)
        var (directory, interval) = (ZoneDirectory?.none, Duration.seconds(60))
        var fallthroughZones = FallthroughZones.none
        for option in directive.options {
            switch option.name.text {
            case "directory": directory = try Self.directory(option, in: scope)
            case "reload": interval = try option.onlyArgument().duration(bareNumber: .seconds)
            case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
            default: throw option.unknownOption(of: directive, known: ["directory", "reload", "fallthrough"])
            }
        }
        guard let directory else { throw directive.refused("needs a \"directory\"; name the one with the zone files") }
        let definition = ZoneSetDefinition(source: .directory(directory), zones: zones, reloadInterval: interval)
        answers = ZoneSetAnswers(set: scope.index(of: definition), fallthroughZones: fallthroughZones)
    }

    private static func directory(_ option: Directive, in scope: BlockScope) throws(CorefileError) -> ZoneDirectory {
        let arguments = option.arguments
        guard arguments.count == 1 || arguments.count == 3 else {
            throw option.refused("needs a directory, and may have a REGEX with an ORIGIN_TEMPLATE behind it")
        }
        let path = scope.path(arguments[0].text)
        guard arguments.count == 3 else {
            let pattern = try Token(text: defaultPattern, position: option.name.position).pattern()
            return ZoneDirectory(path: path, pattern: pattern, template: "{1}")
        }
        let pattern = try arguments[1].pattern()
        for group in 1...20 where group > pattern.groupCount && arguments[2].text.contains("{\(group)}") {
            throw arguments[2].refused("asks for {\(group)}, and the pattern has \(pattern.groupCount) groups")
        }
        return ZoneDirectory(path: path, pattern: pattern, template: arguments[2].text)
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
