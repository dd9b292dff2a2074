package import DNSWire
package import NetworkAddress

/// What the `kubernetes` directive says about the answers; the registry it reads from is chosen elsewhere.
package struct ClusterZoneOptions: Hashable, Sendable {
    package enum PodMode: String, Hashable, Sendable { case disabled, insecure, verified }

    /// Which names the zones hold.
    package enum Layout: Hashable, Sendable {
        /// Services below `svc` and Pods below `pod` (Kubernetes DNS specification 1.1.0).
        case cluster
        /// Services by the addresses that they have outside the cluster, below their namespaces (`k8s_external`).
        case outside(OutsideNames)
    }

    package struct OutsideNames: Hashable, Sendable {
        /// The label that the names of the zone itself lie below: `ns1.dns`.
        package var apexLabel: String
        /// Whether headless Services without an outside address are answered with their endpoints.
        package var includesHeadless: Bool

        package init(apexLabel: String = "dns", includesHeadless: Bool = false) {
            self.apexLabel = apexLabel
            self.includesHeadless = includesHeadless
        }
    }

    /// Zones with Kubernetes names (`cluster.local.`); the first is the primary, which PTR records point into.
    package var forwardZones: [Name]
    package var layout: Layout = .cluster
    /// Zones below in-addr.arpa or ip6.arpa.
    package var reverseZones: [Name]
    /// 0-3600 seconds.
    package var ttl: UInt32
    package var pods: PodMode
    /// Name endpoints without a hostname after their Pods rather than their addresses.
    package var endpointPodNames: Bool
    package var ignoresEmptyServices: Bool
    package var noEndpoints: Bool
    package var families: Set<IPFamily>
    /// The addresses this server answers on: `ns.dns` of every zone.
    package var serverAddresses: [IPAddress]

    package init(
        forwardZones: [Name], reverseZones: [Name] = [], ttl: UInt32 = 5, pods: PodMode = .disabled,
        endpointPodNames: Bool = false, ignoresEmptyServices: Bool = false, noEndpoints: Bool = false,
        families: Set<IPFamily> = [.ipv4, .ipv6], serverAddresses: [IPAddress] = []
    ) {
        self.forwardZones = forwardZones
        self.reverseZones = reverseZones
        self.ttl = ttl
        self.pods = pods
        self.endpointPodNames = endpointPodNames
        self.ignoresEmptyServices = ignoresEmptyServices
        self.noEndpoints = noEndpoints
        self.families = families
        self.serverAddresses = serverAddresses
    }

    /// What an `outside` zone is made from; nil for the others.
    var outside: OutsideNames? {
        if case .outside(let names) = layout { return names }
        return nil
    }

    /// Whether names of the namespace are hidden behind those of the zone itself.
    func hides(namespace: String) -> Bool { outside?.apexLabel.lowercased() == namespace.lowercased() }

    /// Sorts zones into forward and reverse by their names.
    package mutating func setZones(_ zones: [Name]) {
        forwardZones = zones.filter { !ReverseName.isReverse($0) }
        reverseZones = zones.filter { ReverseName.isReverse($0) }
    }
}
