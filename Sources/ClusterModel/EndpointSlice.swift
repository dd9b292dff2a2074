package import NetworkAddress

/// The object behind an endpoint: a Pod, nearly always.
package struct TargetReference: Hashable, Sendable {
    package var kind: String
    package var namespace: String
    package var name: String

    package init(kind: String, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
}

/// One entry of a slice: the addresses of one Pod, or of whatever `target` names.
package struct Endpoint: Hashable, Sendable {
    package var addresses: [IPAddress]
    /// `addresses` of a slice whose address type is FQDN; else empty.
    package var hostNames: [String]
    /// The `ready` condition; nil (absent) counts as true.
    package var ready: Bool?
    package var serving: Bool?
    package var terminating: Bool?
    /// The first label of the endpoint's own name; empty where it has none.
    package var hostname: String
    package var nodeName: String
    package var target: TargetReference?

    package init(
        addresses: [IPAddress], hostNames: [String] = [], ready: Bool? = nil, serving: Bool? = nil,
        terminating: Bool? = nil, hostname: String = "", nodeName: String = "", target: TargetReference? = nil
    ) {
        self.addresses = addresses
        self.hostNames = hostNames
        self.ready = ready
        self.serving = serving
        self.terminating = terminating
        self.hostname = hostname
        self.nodeName = nodeName
        self.target = target
    }

    /// Whether DNS answers with this endpoint: `ready` is true or absent; serving and terminating are ignored.
    package var isPublished: Bool { ready ?? true }
}

/// A port all endpoints of a slice serve; `name` is that of the Service's port.
package struct EndpointPort: Hashable, Sendable {
    package var name: String
    package var transport: TransportProtocol
    /// 1-65535.
    package var port: UInt16

    package init(name: String = "", transport: TransportProtocol = .tcp, port: UInt16) {
        self.name = name
        self.transport = transport
        self.port = port
    }
}

/// A Kubernetes `EndpointSlice` (discovery.k8s.io/v1); `Endpoints` (v1) are read as slices too.
package struct EndpointSlice: Hashable, Sendable {
    package enum AddressType: String, Hashable, Sendable {
        case ipv4 = "IPv4"
        case ipv6 = "IPv6"
        case fqdn = "FQDN"
    }

    /// The label that says which Service a slice belongs to.
    package static let serviceNameLabel = "kubernetes.io/service-name"

    package var metadata: ObjectMetadata
    package var addressType: AddressType
    package var endpoints: EndpointList
    package var ports: [EndpointPort]

    package init(
        metadata: ObjectMetadata, addressType: AddressType, endpoints: EndpointList = [], ports: [EndpointPort] = []
    ) {
        self.metadata = metadata
        self.addressType = addressType
        self.endpoints = endpoints
        self.ports = ports
    }

    /// Packs `endpoints`.
    package init(
        metadata: ObjectMetadata, addressType: AddressType, endpoints: some Sequence<Endpoint>,
        ports: [EndpointPort] = []
    ) {
        self.init(metadata: metadata, addressType: addressType, endpoints: EndpointList(endpoints), ports: ports)
    }

    package var key: ObjectKey { metadata.key }

    /// The Service this slice belongs to; nil for a slice without the label, which belongs to nobody.
    package var service: ObjectKey? {
        metadata.labels[Self.serviceNameLabel].map { ObjectKey(namespace: metadata.namespace, name: $0) }
    }
}
