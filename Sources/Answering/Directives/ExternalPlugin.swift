import ClusterZone
package import Corefile
package import DNSWire

/// `k8s_external [ZONE…] { apex LABEL; ttl SECONDS; headless; fallthrough [ZONE…] }`.
///
/// Services by the addresses that they have outside the cluster (`externalIPs`, load balancers): `SERVICE.NAMESPACE.ZONE`
/// and SRV names below it, and PTR records where a ZONE is a reverse zone. The registry, its filters and `families` are
/// those of the block's `kubernetes`. The zone's own names lie below `apex` [dns]; ttl 0-3600 [5]. With `headless` a
/// headless Service without such an address is answered with its endpoints. Where a load balancer has host names alone,
/// the Service is a CNAME of the first.
package final class ExternalPlugin: Plugin {
    package static let directive = "k8s_external"

    /// Which of the state's zones answers.
    let registry: Int
    private let fallthroughZones: FallthroughZones

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        guard let kubernetes = scope.directives.first(where: { $0.name.text == KubernetesPlugin.directive }) else {
            throw directive.refused(
                "needs a \"kubernetes\" directive in this block, whose Services it answers; add one")
        }
        var names = ClusterZoneOptions.OutsideNames()
        var fallthroughZones = FallthroughZones.none
        var ttl: UInt32 = 5
        for option in directive.options {
            try option.rejectOptions()
            switch option.name.text {
            case "apex": names.apexLabel = try Self.label(option.onlyArgument())
            case "ttl": ttl = UInt32(try option.onlyArgument().integer(in: 0...3600))
            case "headless":
                try option.rejectArguments()
                names.includesHeadless = true
            case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
            default: throw option.unknownOption(of: directive, known: ["apex", "ttl", "headless", "fallthrough"])
            }
        }
        var definition = try KubernetesPlugin.read(kubernetes, scope).definition()
        if names.includesHeadless, definition.options.noEndpoints {
            throw directive.refused("has \"headless\" beside \"noendpoints\" of \"kubernetes\"; keep one of the two")
        }
        definition.source.need(.outsideAddresses)
        let cluster = scope.registries[scope.index(of: definition)]
        var options = ClusterZoneOptions(
            forwardZones: [], ttl: ttl, noEndpoints: cluster.options.noEndpoints, families: cluster.options.families,
            serverAddresses: cluster.options.serverAddresses)
        options.layout = .outside(names)
        options.setZones(try Self.zones(directive, scope, hiding: cluster.options, fallthroughZones))
        guard !options.forwardZones.isEmpty else {
            throw directive.refused("has only reverse zones; name one for Services too, as in \"example.org\"")
        }
        definition = cluster
        definition.options = options
        registry = scope.index(of: definition)
        self.fallthroughZones = fallthroughZones
    }

    /// Stands before `kubernetes`, so that a zone of its own hides those of the cluster at and below it.
    private static func zones(
        _ directive: Directive, _ scope: BlockScope, hiding cluster: ClusterZoneOptions,
        _ fallthroughZones: FallthroughZones
    ) throws(CorefileError) -> [Name] {
        var zones: [Name] = []
        for zone in try directive.arguments.zones(default: scope.zones) {
            zones.append(try scope.name(zone, at: directive.name))
        }
        for hidden in cluster.forwardZones + cluster.reverseZones {
            guard let zone = zones.first(where: { hidden.isAtOrBelow($0) }) else { continue }
            var name = FoldedName()
            name.set(hidden)
            guard fallthroughZones.covers(name) else {
                throw directive.refused(
                    "has the zone \(zone), which hides \(hidden) of \"kubernetes\"; name another zone, or add \"fallthrough\""
                )
            }
        }
        return zones
    }

    private static func label(_ token: Token) throws(CorefileError) -> String {
        guard let name = try? Name(token.text), name.labelCount == 1 else {
            throw token.refused("is no label; expected one word, as in \"dns\"")
        }
        return token.text
    }

    package static let typesToAskFor = ClusterZone.types

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        if turn.isParent(for: query) { return turn.state.zones[registry].answerParent(query, &response) }
        return turn.state.zones[registry].begin(query, &response, turn, fallthroughZones)
    }

    package static let knowsCuts = false

    package func hasZone(above name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        turn.state.zones[registry].apexIndex(above: name) != nil
    }

    package func hasZone(at name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        turn.state.zones[registry].hasApex(name)
    }
}

extension RegistrySource {
    /// Asks the Kubernetes API for more; manifests are always read whole.
    mutating func need(_ needs: APISource.Needs) {
        guard case .api(var source) = self else { return }
        source.needs.formUnion(needs)
        self = .api(source)
    }
}
