package import NetworkAddress

/// One entry of a container's `ports`.
package struct ContainerPort: Hashable, Sendable {
    package var name: String
    package var transport: TransportProtocol
    package var port: UInt16

    package init(name: String = "", transport: TransportProtocol = .tcp, port: UInt16) {
        self.name = name
        self.transport = transport
        self.port = port
    }
}

/// One entry of a container's `env:` list.
package struct EnvironmentEntry: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        /// May hold `$(VAR)` references.
        case literal(String)
        case configMapKey(name: String, key: String, optional: Bool)
        case secretKey(name: String, key: String, optional: Bool)
        /// A path as in `fieldRef.fieldPath`: `metadata.name`, `metadata.labels['k']`, `status.podIP`.
        case field(path: String)
        /// `containerName` is empty for the container's own resources; `divisor` is empty for 1.
        case resource(containerName: String, resource: String, divisor: String)
    }

    package var name: String
    package var value: Value

    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}

/// One entry of a container's `envFrom:` list.
package struct EnvironmentSource: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case configMap, secret }

    package var kind: Kind
    package var name: String
    package var prefix: String
    package var optional: Bool

    package init(kind: Kind, name: String, prefix: String = "", optional: Bool = false) {
        self.kind = kind
        self.name = name
        self.prefix = prefix
        self.optional = optional
    }
}

/// One container of a Pod: what its ports and its environment are made from.
package struct Container: Hashable, Sendable {
    package var name: String
    package var ports: [ContainerPort]
    package var environment: [EnvironmentEntry]
    package var environmentSources: [EnvironmentSource]
    /// Resource quantities as written (`500m`, `128Mi`), by resource name.
    package var limits: [String: String]
    package var requests: [String: String]
    /// True for an entry of `initContainers`.
    package var isInit: Bool
    /// True for an init container with `restartPolicy: Always` (a sidecar): its named ports count.
    package var isRestartable: Bool

    package init(
        name: String, ports: [ContainerPort] = [], environment: [EnvironmentEntry] = [],
        environmentSources: [EnvironmentSource] = [], limits: [String: String] = [:], requests: [String: String] = [:],
        isInit: Bool = false, isRestartable: Bool = false
    ) {
        self.name = name
        self.ports = ports
        self.environment = environment
        self.environmentSources = environmentSources
        self.limits = limits
        self.requests = requests
        self.isInit = isInit
        self.isRestartable = isRestartable
    }

}

/// `status.phase` of a Pod.
package enum PodPhase: String, Hashable, Sendable {
    case pending = "Pending"
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case unknown = "Unknown"
}

/// A Kubernetes `Pod` (v1), as far as endpoints, `pods verified`, the environment and `get` need it.
package struct Pod: Hashable, Sendable {
    package var metadata: ObjectMetadata
    package var phase: PodPhase
    package var podIPs: [IPAddress]
    package var hostIPs: [IPAddress]
    /// The `Ready` condition; false where the Pod reports none.
    package var isReady: Bool
    /// Ready containers and restarts, as `kubectl get pods` counts them.
    package var readyContainers: Int
    package var restarts: Int
    package var hostname: String
    package var subdomain: String
    package var nodeName: String
    package var serviceAccountName: String
    package var enableServiceLinks: Bool
    /// `status.startTime` in seconds since 1970-01-01 UTC.
    package var startTime: Int64?
    package var containers: [Container]
    /// `kind/name` of the controlling owner (`ReplicaSet/my-nginx-3800858182`); empty for a bare Pod.
    package var controller: String

    package init(
        metadata: ObjectMetadata, phase: PodPhase = .running, podIPs: [IPAddress] = [], hostIPs: [IPAddress] = [],
        isReady: Bool = true, readyContainers: Int = 0, restarts: Int = 0, hostname: String = "",
        subdomain: String = "",
        nodeName: String = "", serviceAccountName: String = "default", enableServiceLinks: Bool = true,
        startTime: Int64? = nil, containers: [Container] = [], controller: String = ""
    ) {
        self.metadata = metadata
        self.phase = phase
        self.podIPs = podIPs
        self.hostIPs = hostIPs
        self.isReady = isReady
        self.readyContainers = readyContainers
        self.restarts = restarts
        self.hostname = hostname
        self.subdomain = subdomain
        self.nodeName = nodeName
        self.serviceAccountName = serviceAccountName
        self.enableServiceLinks = enableServiceLinks
        self.startTime = startTime
        self.containers = containers
        self.controller = controller
    }

    package var key: ObjectKey { metadata.key }

    /// Succeeded and Failed Pods have given up their addresses.
    package var isTerminated: Bool { phase == .succeeded || phase == .failed }
}
