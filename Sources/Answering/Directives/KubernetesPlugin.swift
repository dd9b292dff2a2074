import ClusterModel
import ClusterZone
package import Corefile
package import DNSWire
import NetworkAddress

/// `kubernetes [ZONE…] { … }`: the names of Services, Pods and endpoints, from a registry.
///
/// Without `manifests`, `kubeconfig` and `endpoint` the registry is the API of the cluster the server runs in.
///
///     manifests DIR              the registry: a directory of Kubernetes YAML or JSON, watched
///     service_cidr CIDR…         addresses for Services of manifests that have none [10.0.0.0/16]
///     kubeconfig FILE [CONTEXT]  the registry: the API of the cluster that the file names
///     endpoint URL               the registry: the API at a URL
///     tls CERT KEY CA            PEM files for `endpoint`
///     apiserver_qps NUMBER · apiserver_burst N · apiserver_max_inflight N · 0 is the default
///     state FILE                 the registry file: what a restart serves before it has read anything
///     families ipv4|ipv6|both    which addresses are answered [both]
///     namespaces NAME… | namespace_labels SELECTOR · labels SELECTOR
///     pods disabled|insecure|verified [disabled] · endpoint_pod_names · noendpoints · ignore empty_service
///     multicluster ZONE…         which of the zones hold ServiceImports (multicluster.x-k8s.io) and no Services
///     ttl SECONDS [5] · fallthrough [ZONE…] · startup_timeout DURATION [5s]
package final class KubernetesPlugin: Plugin {
    package static let directive = "kubernetes"

    private static let known =
        KubernetesSourceOptions.known + [
            "families", "namespaces", "namespace_labels", "labels", "pods", "endpoint_pod_names", "noendpoints",
            "ignore", "ttl", "fallthrough", "startup_timeout", "multicluster",
        ]

    /// Which of the state's cluster zones answers.
    package let registry: Int
    /// The same for the zones of `multicluster`; nil without them.
    let clusterSet: Int?
    private let fallthroughZones: FallthroughZones

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        let reader = try Self.read(directive, scope)
        let definition = try reader.definition()
        if let other = scope.registries.first(where: { $0.source.sharesFile(with: definition.source) }) {
            throw directive.refused(
                "keeps its registry in the file of the one that reads \(other.source.place); name another \"state\" file"
            )
        }
        scope.warnings += reader.warnings
        registry = scope.index(of: definition)
        clusterSet = try reader.clusterSetDefinition().map { scope.index(of: $0) }
        fallthroughZones = reader.fallthroughZones
    }

    /// Reads the directive, which others of its block may build upon.
    static func read(_ directive: Directive, _ scope: BlockScope) throws(CorefileError) -> KubernetesOptions {
        var zones: [Name] = []
        for zone in try directive.arguments.zones(default: scope.zones) {
            zones.append(try scope.name(zone, at: directive.name))
        }
        var reader = KubernetesOptions(directive, zones: zones, serverAddresses: scope.serverAddresses)
        for option in directive.options {
            guard try !reader.read(option, scope) else { continue }
            throw option.unknownOption(of: directive, known: Self.known)
        }
        return reader
    }

    package static let typesToAskFor = ClusterZone.types

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        if turn.isParent(for: query) { return answerParent(query, &response, turn) }
        if let clusterSet, isOfClusterSet(query.name, turn.state.zones[clusterSet], turn.state.zones[registry]) {
            return turn.state.zones[clusterSet].begin(query, &response, turn, fallthroughZones)
        }
        return turn.state.zones[registry].begin(query, &response, turn, fallthroughZones)
    }

    package static let knowsCuts = false

    package func hasZone(above name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        turn.state.zones[registry].apexIndex(above: name) != nil
            || clusterSet.map { turn.state.zones[$0].apexIndex(above: name) != nil } ?? false
    }

    package func hasZone(at name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        turn.state.zones[registry].hasApex(name) || clusterSet.map { turn.state.zones[$0].hasApex(name) } ?? false
    }

    /// Of both zones above the name the longest.
    private func answerParent(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        let cluster = turn.state.zones[registry]
        guard let clusterSet, let index = turn.state.zones[clusterSet].apexIndex(above: query.name) else {
            return cluster.answerParent(query, &response)
        }
        let set = turn.state.zones[clusterSet]
        if let other = cluster.apexIndex(above: query.name),
            cluster.apexes[other].suffix.labelCount > set.apexes[index].suffix.labelCount
        {
            return cluster.answerParent(query, &response)
        }
        return set.answerParent(query, &response)
    }

    /// The longest zone of both has the name.
    private func isOfClusterSet(_ name: borrowing FoldedName, _ set: ClusterZone, _ cluster: ClusterZone) -> Bool {
        guard let index = set.apexIndex(of: name) else { return false }
        guard let other = cluster.apexIndex(of: name) else { return true }
        return set.apexes[index].suffix.labelCount > cluster.apexes[other].suffix.labelCount
    }
}

extension ClusterZone {
    /// Of all records in it.
    static let types: [RRType] = [.a, .ns, .cname, .soa, .ptr, .txt, .aaaa, .srv]

    /// The longest zone whose apex lies above the name.
    func apexIndex(above name: borrowing FoldedName) -> Int? {
        for index in apexes.indices
        where apexes[index].suffix.labelCount < name.labelCount && apexes[index].suffix.covers(name) {
            return index
        }
        return nil
    }

    func hasApex(_ name: borrowing FoldedName) -> Bool {
        apexIndex(of: name).map { apexes[$0].suffix.labelCount == name.labelCount } ?? false
    }

    /// The zone is cut at the name, since a zone is here whose apex it is; no registry has a DS record for it.
    func answerParent(_ query: borrowing Query, _ response: inout ResponseWriter) -> Disposition {
        guard let index = apexIndex(above: query.name) else { return .pass }
        response.flags |= Query.Flag.authoritative
        answerNegative(apex: index, query, &response)
        return .answered(.noError)
    }

    /// Answers for the plugin whose zone it is; a name that does not exist is the next one's where it falls through.
    func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn,
        _ fallthroughZones: FallthroughZones
    ) -> Disposition {
        if turn.parentPlace > turn.place, let index = apexIndex(of: query.name),
            turn.leavesToParent(query, apexLabelCount: apexes[index].suffix.labelCount)
        {
            return .pass
        }
        switch answer(query, &response) {
        case .elsewhere: return .pass
        case .answered(let rcode): return .answered(rcode)
        case .alias(let targetOffset): return .alias(targetOffset: targetOffset)
        case .unknown: return .answered(.servFail)
        case .nxDomain(let apex):
            if !turn.isLast, fallthroughZones.covers(query.name) { return .pass }
            answerNegative(apex: apex, query, &response)
            return isSearched(query.name, apex: apex) ? .answeredAs(.searched, .nxDomain) : .answered(.nxDomain)
        }
    }
}
