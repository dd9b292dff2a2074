package import NetworkAddress

/// The transport of a port, spelled as Kubernetes does; an empty field means TCP.
package enum TransportProtocol: String, Hashable, Sendable, CaseIterable {
    case tcp = "TCP"
    case udp = "UDP"
    case sctp = "SCTP"

    /// The label of SRV owner names, without the underscore (RFC 2782).
    package var label: String {
        switch self {
        case .tcp: "tcp"
        case .udp: "udp"
        case .sctp: "sctp"
        }
    }
}

/// `spec.type` of a Service.
package enum ServiceType: String, Hashable, Sendable {
    case clusterIP = "ClusterIP"
    case nodePort = "NodePort"
    case loadBalancer = "LoadBalancer"
    case externalName = "ExternalName"
}

/// Which container port a Service port leads to: a number, or the name of a container's port.
package enum TargetPort: Hashable, Sendable {
    case number(UInt16)
    case name(String)
}

/// One entry of a Service's `ports`.
package struct ServicePort: Hashable, Sendable {
    /// Empty where a single-port Service leaves it out.
    package var name: String
    package var transport: TransportProtocol
    /// 1-65535.
    package var port: UInt16
    /// nil: the same number as `port`.
    package var targetPort: TargetPort?
    package var nodePort: UInt16?

    package init(
        name: String = "", transport: TransportProtocol = .tcp, port: UInt16, targetPort: TargetPort? = nil,
        nodePort: UInt16? = nil
    ) {
        self.name = name
        self.transport = transport
        self.port = port
        self.targetPort = targetPort
        self.nodePort = nodePort
    }
}

/// `spec.ipFamilyPolicy` of a Service: one address, or one of each family.
package enum IPFamilyPolicy: String, Hashable, Sendable {
    case singleStack = "SingleStack"
    case preferDualStack = "PreferDualStack"
    case requireDualStack = "RequireDualStack"
}

/// A Kubernetes `Service` (v1), as far as DNS, the service environment and `get` need it.
package struct Service: Hashable, Sendable {
    package var metadata: ObjectMetadata
    package var type: ServiceType
    /// The addresses, primary first; empty if headless, ExternalName, or not allocated yet.
    package var clusterIPs: [IPAddress]
    /// `spec.clusterIP` as written, kept only where it differs from `clusterIPs[0].description`.
    package var verbatimClusterIP: String?
    /// True for `clusterIP: None`, whatever the type.
    package var isHeadless: Bool
    /// The target of an ExternalName Service, its case kept; else empty.
    package var externalName: String
    package var ports: [ServicePort]
    /// Empty: no selector, the endpoints are somebody else's to write.
    package var selector: [String: String]
    package var publishNotReadyAddresses: Bool
    package var ipFamilies: [IPFamily]
    package var ipFamilyPolicy: IPFamilyPolicy?
    /// Answered by `k8s_external` and shown by `get`, never in the cluster zone.
    package var externalIPs: [String]
    /// `status.loadBalancer.ingress[].ip` or `.hostname`, in order.
    package var loadBalancerIngress: [String]

    package init(
        metadata: ObjectMetadata, type: ServiceType = .clusterIP, clusterIPs: [IPAddress] = [],
        verbatimClusterIP: String? = nil, isHeadless: Bool = false, externalName: String = "",
        ports: [ServicePort] = [],
        selector: [String: String] = [:], publishNotReadyAddresses: Bool = false, ipFamilies: [IPFamily] = [],
        ipFamilyPolicy: IPFamilyPolicy? = nil, externalIPs: [String] = [], loadBalancerIngress: [String] = []
    ) {
        self.metadata = metadata
        self.type = type
        self.clusterIPs = clusterIPs
        self.verbatimClusterIP = verbatimClusterIP
        self.isHeadless = isHeadless
        self.externalName = externalName
        self.ports = ports
        self.selector = selector
        self.publishNotReadyAddresses = publishNotReadyAddresses
        self.ipFamilies = ipFamilies
        self.ipFamilyPolicy = ipFamilyPolicy
        self.externalIPs = externalIPs
        self.loadBalancerIngress = loadBalancerIngress
    }

    package var key: ObjectKey { metadata.key }

    /// True where the Service should have an address of its own but none is known yet.
    package var needsClusterIP: Bool { type != .externalName && !isHeadless && clusterIPs.isEmpty }
}
