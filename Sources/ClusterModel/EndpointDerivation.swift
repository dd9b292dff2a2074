package import NetworkAddress

/// Endpoint slices for a Service with a selector, made from the Pods as Kubernetes' controller makes them.
///
/// Source: k8s.io/endpointslice (reconciler.go, utils.go, util/controller_utils.go). What differs: endpoints are
/// in address order and names are hashes, so that the same Pods always give the same slices.
package struct EndpointDerivation: Hashable, Sendable {
    /// The most endpoints a slice holds (`--max-endpoints-per-slice`).
    package static let endpointLimit = 100
    package static let managedByLabel = "endpointslice.kubernetes.io/managed-by"
    /// The value of `managedByLabel` in the slices made here: these are ours to replace.
    package static let manager = "clusterdns"

    /// The families of a headless Service that names none; all of its Pods' families where nil.
    package var defaultFamily: IPFamily?

    package init(defaultFamily: IPFamily? = nil) { self.defaultFamily = defaultFamily }

    /// Whether the slice was derived, and not read from a manifest or an API server.
    package static func isDerived(_ slice: EndpointSlice) -> Bool {
        slice.metadata.labels[managedByLabel] == manager
    }

    /// The slices of `service`, in name order; empty for ExternalName and for a Service without a selector.
    ///
    /// `pods` may hold others: only Pods of the namespace that match the selector, have an address and have not
    /// ended count. `isTaken` says whether a slice name belongs to another slice of the namespace.
    package func slices(
        of service: Service, pods: some Sequence<Pod>, isTaken: (String) -> Bool = { _ in false }
    ) -> [EndpointSlice] {
        guard !service.selector.isEmpty, service.type != .externalName else { return [] }
        let members = pods.filter { Self.isMember($0, of: service) }
        var slices: [EndpointSlice] = []
        var names = Set<String>()
        for family in families(of: service) {
            for (ports, endpoints) in Self.groups(of: members, service, family) {
                for (index, part) in Self.parts(endpoints).enumerated() {
                    let seeds = [family.rawValue, Self.text(ports), "\(index)"]
                    let name = SliceName.make(for: service.key, seeds) { names.contains($0) || isTaken($0) }
                    names.insert(name)
                    slices.append(Self.slice(name, of: service, family, part, ports))
                }
            }
        }
        return slices.sorted { $0.metadata.name < $1.metadata.name }
    }

    static func isMember(_ pod: Pod, of service: Service) -> Bool {
        !pod.isTerminated && !pod.podIPs.isEmpty && pod.metadata.namespace == service.metadata.namespace
            && LabelSelector.selects(service.selector, pod.metadata.labels)
    }

    /// `ipFamilies`, else the families of the addresses, else the default.
    func families(of service: Service) -> [IPFamily] {
        if !service.ipFamilies.isEmpty { return service.ipFamilies.distinct }
        if !service.clusterIPs.isEmpty { return service.clusterIPs.map(\.family).distinct }
        let isDual = service.ipFamilyPolicy == .preferDualStack || service.ipFamilyPolicy == .requireDualStack
        if !isDual, let defaultFamily { return [defaultFamily] }
        return IPFamily.allCases
    }

    /// Pods whose ports resolve alike share slices; groups in the order of their ports' text.
    private static func groups(
        of pods: [Pod], _ service: Service, _ family: IPFamily
    ) -> [(ports: [EndpointPort], endpoints: [Endpoint])] {
        var groups: [[EndpointPort]: [Endpoint]] = [:]
        for pod in pods {
            guard let endpoint = endpoint(pod, service, family) else { continue }
            groups[ports(of: service, on: pod), default: []].append(endpoint)
        }
        return groups.map { (ports: $0.key, endpoints: $0.value.sorted(by: isBefore)) }
            .sorted { text($0.ports) < text($1.ports) }
    }

    private static func parts(_ endpoints: [Endpoint]) -> [ArraySlice<Endpoint>] {
        stride(from: 0, to: endpoints.count, by: endpointLimit).map {
            endpoints[$0..<min($0 + endpointLimit, endpoints.count)]
        }
    }

    private static func isBefore(_ left: Endpoint, _ right: Endpoint) -> Bool {
        guard let leftAddress = left.addresses.first, let rightAddress = right.addresses.first,
            leftAddress != rightAddress
        else { return (left.target?.name ?? "") < (right.target?.name ?? "") }
        return leftAddress < rightAddress
    }

    private static func text(_ ports: [EndpointPort]) -> String {
        ports.map { "\($0.name) \($0.transport.rawValue) \($0.port)" }.joined(separator: ",")
    }
}

extension EndpointDerivation {
    /// One Pod as an endpoint; nil where it has no address of the family.
    private static func endpoint(_ pod: Pod, _ service: Service, _ family: IPFamily) -> Endpoint? {
        let addresses = pod.podIPs.filter { $0.family == family }
        guard !addresses.isEmpty else { return nil }
        let isTerminating = pod.metadata.deletionTime != nil
        let hasHostname = pod.subdomain == service.metadata.name
        return Endpoint(
            addresses: addresses,
            // A terminating Pod is never ready, unless the Service publishes Pods that are not.
            ready: service.publishNotReadyAddresses || (pod.isReady && !isTerminating),
            serving: pod.isReady, terminating: isTerminating, hostname: hasHostname ? pod.hostname : "",
            nodeName: pod.nodeName,
            target: TargetReference(kind: "Pod", namespace: pod.metadata.namespace, name: pod.metadata.name))
    }

    /// The Service's ports as numbers of this Pod; a port whose name no container has is left out.
    static func ports(of service: Service, on pod: Pod) -> [EndpointPort] {
        service.ports.compactMap { port in
            number(of: port, on: pod).map { EndpointPort(name: port.name, transport: port.transport, port: $0) }
        }
    }

    /// Ordinary containers are asked before sidecars (`FindPort`).
    private static func number(of port: ServicePort, on pod: Pod) -> UInt16? {
        switch port.targetPort {
        case nil: return port.port
        case .number(let number): return number
        case .name(let name):
            let containers = pod.containers.filter { !$0.isInit } + pod.containers.filter(\.isSidecar)
            return containers.lazy.flatMap(\.ports).first { $0.name == name && $0.transport == port.transport }?.port
        }
    }

    private static func slice(
        _ name: String, of service: Service, _ family: IPFamily, _ endpoints: ArraySlice<Endpoint>,
        _ ports: [EndpointPort]
    ) -> EndpointSlice {
        // A slice carries its Service's labels, so that a `labels` filter treats both alike.
        var labels = service.metadata.labels
        labels["service.kubernetes.io/headless"] = service.clusterIPs.isEmpty ? "" : nil
        labels[EndpointSlice.serviceNameLabel] = service.metadata.name
        labels[managedByLabel] = manager
        return EndpointSlice(
            metadata: ObjectMetadata(name: name, namespace: service.metadata.namespace, labels: labels),
            addressType: family == .ipv4 ? .ipv4 : .ipv6, endpoints: Array(endpoints), ports: ports)
    }
}

extension Container {
    fileprivate var isSidecar: Bool { isInit && isRestartable }
}

extension Sequence where Element: Hashable {
    /// The elements without repetitions, in order of first appearance.
    var distinct: [Element] {
        var seen = Set<Element>()
        return filter { seen.insert($0).inserted }
    }
}
