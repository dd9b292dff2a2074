import ClusterModel
import ClusterZone
package import Corefile
package import DNSWire
import NetworkAddress

/// `kubernetes [ZONE…] { … }`: the names of Services, Pods and endpoints, from a registry.
///
///     manifests DIR              the registry: a directory of Kubernetes YAML or JSON, watched
///     service_cidr CIDR…         addresses for Services that have none [10.0.0.0/16]
///     state FILE                 the registry file, which keeps those addresses across restarts
///     families ipv4|ipv6|both    which addresses are answered [both]
///     namespaces NAME… | namespace_labels SELECTOR · labels SELECTOR
///     pods disabled|insecure|verified [disabled] · endpoint_pod_names · noendpoints · ignore empty_service
///     ttl SECONDS [5] · fallthrough [ZONE…] · startup_timeout DURATION [5s]
package final class KubernetesPlugin: Plugin {
    package static let directive = "kubernetes"

    private static let known = [
        "manifests", "service_cidr", "state", "families", "namespaces", "namespace_labels", "labels", "pods",
        "endpoint_pod_names", "noendpoints", "ignore", "ttl", "fallthrough", "startup_timeout",
    ]
    private static let unavailable = [
        "endpoint", "tls", "kubeconfig", "multicluster", "apiserver_qps", "apiserver_burst", "apiserver_max_inflight",
    ]

    /// Which of the state's cluster zones answers.
    package let registry: Int
    private let fallthroughZones: FallthroughZones

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var zones: [Name] = []
        for zone in try directive.arguments.zones(default: scope.zones) {
            zones.append(try scope.name(zone, at: directive.name))
        }
        var reader = KubernetesOptions(directive, zones: zones, serverAddresses: scope.serverAddresses)
        for option in directive.options {
            guard try !reader.read(option, scope) else { continue }
            if Self.unavailable.contains(option.name.text) {
                throw option.refused(
                    "needs the Kubernetes API, which this version does not read; use \"manifests DIR\"")
            }
            throw option.unknownOption(of: directive, known: Self.known)
        }
        let definition = try reader.definition()
        if let other = scope.registries.first(where: { $0.source.sharesFile(with: definition.source) }) {
            throw directive.refused(
                "keeps its registry in the file of the one that reads \(other.source.manifests); name another \"state\" file"
            )
        }
        registry = scope.index(of: definition)
        fallthroughZones = reader.fallthroughZones
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        let zone = turn.state.zones[registry]
        switch zone.answer(query, &response) {
        case .elsewhere: return .pass
        case .answered(let rcode): return .answered(rcode)
        case .alias(let targetOffset): return .alias(targetOffset: targetOffset)
        case .unknown: return .answered(.servFail)
        case .nxDomain(let apex):
            if !turn.isLast, fallthroughZones.covers(query.name) { return .pass }
            zone.answerNegative(apex: apex, query, &response)
            return .answered(.nxDomain)
        }
    }
}

/// Reads the options of a `kubernetes` directive one by one.
private struct KubernetesOptions {
    private let directive: Directive
    private var options: ClusterZoneOptions
    private var filter = RegistryFilter()
    private var namespaceOption: Token?
    private var ignoreOption: Token?
    private var manifests: String?
    private var ranges: [AddressPrefix] = []
    private var stateFile: String?
    private var startupTimeout = Duration.seconds(5)
    private(set) var fallthroughZones = FallthroughZones.none

    init(_ directive: Directive, zones: [Name], serverAddresses: [IPAddress]) {
        self.directive = directive
        options = ClusterZoneOptions(forwardZones: [], serverAddresses: serverAddresses)
        options.setZones(zones)
    }

    /// Returns false for an option it does not know.
    mutating func read(_ option: Directive, _ scope: BlockScope) throws(CorefileError) -> Bool {
        try option.rejectOptions()
        switch option.name.text {
        case "manifests": manifests = scope.path(try option.onlyArgument().text)
        case "state": stateFile = scope.path(try option.onlyArgument().text)
        case "service_cidr": try readRanges(option)
        case "families": options.families = try families(option.onlyArgument())
        case "namespaces", "namespace_labels": try readNamespaces(option)
        case "labels": filter.objects = try selector(option)
        case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
        case "startup_timeout": startupTimeout = try option.onlyArgument().duration()
        default: return try readAnswerOption(option)
        }
        return true
    }

    private mutating func readAnswerOption(_ option: Directive) throws(CorefileError) -> Bool {
        switch option.name.text {
        case "ttl": options.ttl = UInt32(try option.onlyArgument().integer(in: 0...3600))
        case "pods": options.pods = try podMode(option.onlyArgument())
        case "endpoint_pod_names":
            try option.rejectArguments()
            options.endpointPodNames = true
        case "noendpoints":
            try option.rejectArguments()
            options.noEndpoints = true
        case "ignore":
            let what = try option.onlyArgument()
            guard what.text == "empty_service" else { throw what.unknown("thing to ignore", known: ["empty_service"]) }
            options.ignoresEmptyServices = true
            ignoreOption = option.name
        default: return false
        }
        return true
    }

    /// Everything together, after the last option.
    func definition() throws(CorefileError) -> RegistryDefinition {
        guard let manifests else {
            throw directive.refused(
                "reads the Kubernetes API where it has no \"manifests\", which this version does not; add \"manifests DIR\""
            )
        }
        if let ignoreOption, options.noEndpoints {
            throw ignoreOption.refused("needs endpoints to tell which Services are empty; take out \"noendpoints\"")
        }
        guard !options.forwardZones.isEmpty else {
            throw directive.refused(
                "has only reverse zones; name the cluster's zone too, as in \"kubernetes cluster.local\"")
        }
        let fallback = AddressPrefix(base: IPAddress(ipv4: 10 << 24), length: 16)
        let source = RegistrySource(
            manifests: manifests, serviceRanges: ranges.isEmpty ? [fallback].compactMap(\.self) : ranges,
            stateFile: stateFile)
        return RegistryDefinition(source: source, options: options, filter: filter, startupTimeout: startupTimeout)
    }

    private mutating func readRanges(_ option: Directive) throws(CorefileError) {
        try option.requireArgumentCount(1...)
        for argument in option.arguments { ranges.append(try argument.prefix()) }
    }

    private mutating func readNamespaces(_ option: Directive) throws(CorefileError) {
        if let other = namespaceOption, other.text != option.name.text {
            throw option.refused("cannot stand beside \"\(other.text)\" (\(other.position)); keep one of the two")
        }
        namespaceOption = option.name
        if option.name.text == "namespace_labels" {
            filter.namespaces = .labelled(try selector(option))
            return
        }
        try option.requireArgumentCount(1...)
        var names = Set(option.arguments.map(\.text))
        if case .named(let earlier) = filter.namespaces { names.formUnion(earlier) }
        filter.namespaces = .named(names)
    }

    private func selector(_ option: Directive) throws(CorefileError) -> LabelSelector {
        try option.requireArgumentCount(1...)
        let text = option.arguments.map(\.text).joined(separator: " ")
        do { return try LabelSelector(parsing: text) } catch {
            throw option.arguments[0].refused("is no label selector: \(error)")
        }
    }

    private func families(_ token: Token) throws(CorefileError) -> Set<IPFamily> {
        switch token.text {
        case "ipv4": [.ipv4]
        case "ipv6": [.ipv6]
        case "both": [.ipv4, .ipv6]
        default: throw token.unknown("choice of families", known: ["ipv4", "ipv6", "both"])
        }
    }

    private func podMode(_ token: Token) throws(CorefileError) -> ClusterZoneOptions.PodMode {
        guard let mode = ClusterZoneOptions.PodMode(rawValue: token.text) else {
            throw token.unknown("mode of \"pods\"", known: ["disabled", "insecure", "verified"])
        }
        return mode
    }
}
