import ClusterModel
import ClusterZone
import Corefile
import DNSWire
import NetworkAddress

/// Reads the options of a `kubernetes` directive one by one.
struct KubernetesOptions {
    private struct LabelOption {
        var text: String
        var selector: LabelSelector
    }

    private let directive: Directive
    private var options: ClusterZoneOptions
    private var filter = RegistryFilter()
    private var namespaceOption: Token?
    private var ignoreOption: Token?
    private var source = KubernetesSourceOptions()
    private var labels: LabelOption?
    private var namespaceLabels: LabelOption?
    private var clusterSetZones: [Name] = []
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
        case "families": options.families = try families(option.onlyArgument())
        case "namespaces", "namespace_labels": try readNamespaces(option)
        case "labels": labels = try selector(option)
        case "fallthrough": fallthroughZones = try FallthroughZones(option, in: scope)
        case "multicluster": try readClusterSet(option, scope)
        case "startup_timeout": startupTimeout = try option.onlyArgument().duration()
        default:
            if try source.read(option, scope) { return true }
            return try readAnswerOption(option)
        }
        return true
    }

    /// What is doubtful, and yet taken.
    var warnings: [CorefileError] { source.warnings }

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
        if let ignoreOption, options.noEndpoints {
            throw ignoreOption.refused("needs endpoints to tell which Services are empty; take out \"noendpoints\"")
        }
        // Zones of imports alone are a registry too, without reverse zones.
        if options.forwardZones.isEmpty, options.reverseZones.isEmpty, !clusterSetZones.isEmpty {
            return try definition(clusterSetOptions)
        }
        guard !options.forwardZones.isEmpty else {
            throw directive.refused(
                "has only reverse zones; name the cluster's zone too, as in \"kubernetes cluster.local\"")
        }
        return try definition(options)
    }

    /// The zones of `multicluster` beside those of the cluster; nil where there are none.
    func clusterSetDefinition() throws(CorefileError) -> RegistryDefinition? {
        clusterSetZones.isEmpty || options.forwardZones.isEmpty ? nil : try definition(clusterSetOptions)
    }

    private var clusterSetOptions: ClusterZoneOptions {
        var own = options
        own.layout = .clusterSet
        (own.forwardZones, own.reverseZones, own.pods) = (clusterSetZones, [], .disabled)
        return own
    }

    private func definition(_ options: ClusterZoneOptions) throws(CorefileError) -> RegistryDefinition {
        var filter = filter
        let source = try source.source(
            needs: needs, objectSelector: labels?.text ?? "", namespaceSelector: namespaceLabels?.text ?? "")
        // The API gives what `labels` selects and nothing else, and the labels themselves are not kept.
        if source.api == nil, let labels { filter.objects = labels.selector }
        return RegistryDefinition(source: source, options: options, filter: filter, startupTimeout: startupTimeout)
    }

    private var needs: APISource.Needs {
        var needs: APISource.Needs = options.noEndpoints ? [] : [.endpointSlices]
        if options.pods == .verified { needs.insert(.pods) }
        if !clusterSetZones.isEmpty { needs.insert(.serviceImports) }
        if options.endpointPodNames, !options.noEndpoints { needs.insert(.endpointPodNames) }
        return needs
    }

    /// Takes zones out of those of the cluster; as in CoreDNS the directive must name them (plugin/kubernetes, setup.go).
    private mutating func readClusterSet(_ option: Directive, _ scope: BlockScope) throws(CorefileError) {
        try option.requireArgumentCount(1...)
        for zone in try option.arguments.zones(default: []) {
            let name = try scope.name(zone, at: option.name)
            if clusterSetZones.contains(name) { continue }
            guard let index = options.forwardZones.firstIndex(of: name) else {
                throw option.refused("has the zone \(name), which \"kubernetes\" itself must name too; add it there")
            }
            options.forwardZones.remove(at: index)
            clusterSetZones.append(name)
        }
    }

    private mutating func readNamespaces(_ option: Directive) throws(CorefileError) {
        if let other = namespaceOption, other.text != option.name.text {
            throw option.refused("cannot stand beside \"\(other.text)\" (\(other.position)); keep one of the two")
        }
        namespaceOption = option.name
        if option.name.text == "namespace_labels" {
            let labels = try selector(option)
            namespaceLabels = labels
            filter.namespaces = .labelled(labels.selector)
            return
        }
        try option.requireArgumentCount(1...)
        var names = Set(option.arguments.map(\.text))
        if case .named(let earlier) = filter.namespaces { names.formUnion(earlier) }
        filter.namespaces = .named(names)
    }

    private func selector(_ option: Directive) throws(CorefileError) -> LabelOption {
        try option.requireArgumentCount(1...)
        let text = option.arguments.map(\.text).joined(separator: " ")
        do { return LabelOption(text: text, selector: try LabelSelector(parsing: text)) } catch {
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
