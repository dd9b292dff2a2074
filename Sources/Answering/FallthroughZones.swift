import Corefile
package import DNSWire

/// `fallthrough [ZONE…]`: for names in these zones, one that does not exist here is the next plugin's.
package struct FallthroughZones: Hashable, Sendable {
    private let zones: [NameSuffix]

    package static let none = FallthroughZones(names: [])

    package init(names: [Name]) { zones = names.map { NameSuffix($0) } }

    init(_ option: Directive, in scope: BlockScope) throws(CorefileError) {
        var names: [Name] = []
        for zone in try option.arguments.zones(default: ["."]) { names.append(try scope.name(zone, at: option.name)) }
        self.init(names: names)
    }

    package func covers(_ name: borrowing FoldedName) -> Bool {
        for index in zones.indices where zones[index].covers(name) { return true }
        return false
    }
}
