/// The whole environment of a container, as kubelet would set it when it starts the container now.
///
/// `env` beats `envFrom`, which beats the Service variables; a later `envFrom` source beats an earlier one
/// (pkg/kubelet/kubelet_pods.go, `makeEnvironmentVariables`). In order: Services by name, `envFrom` sources by key,
/// `env` entries as listed.
package struct ContainerEnvironment: Hashable, Sendable {
    package private(set) var variables: [EnvironmentVariable]
    package private(set) var findings: [RegistryFinding]

    /// What of the registry a Pod is told.
    package enum View: Hashable, Sendable {
        /// As if the Pod started now.
        case now
        /// Without the Services created after the Pod started; each is a finding.
        case asStarted
    }

    /// Makes the environment; throws where kubelet would refuse to start the container.
    package init(
        _ container: Container, of pod: Pod, in snapshot: ClusterSnapshot, view: View = .now
    ) throws(EnvironmentError) {
        var services = ServiceEnvironment.services(
            for: pod.metadata.namespace, linksEnabled: pod.enableServiceLinks, in: snapshot)
        findings = []
        if view == .asStarted {
            let (known, missed) = StartedPod(pod).partition(services)
            services = known
            findings = missed.map { StartedPod.finding($0, missedBy: pod) }
        }
        let serviceEnvironment = ServiceEnvironment(services)
        findings += serviceEnvironment.findings
        var builder = EnvironmentBuilder(
            pod: pod, container: container, snapshot: snapshot, services: serviceEnvironment.variables)
        for source in container.environmentSources { try builder.add(source) }
        for entry in container.environment { try builder.add(entry) }
        variables = builder.variables
        findings += builder.findings + EnvironmentLimits.findings(builder.variables, pod)
    }

    /// Finds a container of `pod` by name, or its first ordinary one where `name` is nil.
    package static func container(named name: String?, of pod: Pod) throws(EnvironmentError) -> Container {
        let found = name.map { name in pod.containers.first { $0.name == name } }
        if let container = found ?? pod.containers.first(where: { !$0.isInit }) { return container }
        let names = pod.containers.map(\.name).joined(separator: ", ")
        throw EnvironmentError(
            .noContainer, pod,
            "Pod \(pod.key) has no container \(name.map { "\"\($0)\"" } ?? "at all"); it has: \(names)")
    }
}

/// Collects variables in kubelet's order of precedence.
private struct EnvironmentBuilder {
    let pod: Pod
    let container: Container
    let snapshot: ClusterSnapshot
    let services: [EnvironmentVariable]
    private(set) var findings: [RegistryFinding] = []
    private var own: [EnvironmentVariable] = []
    private var places: [String: Int] = [:]
    private var serviceValues: [String: String] = [:]

    init(pod: Pod, container: Container, snapshot: ClusterSnapshot, services: [EnvironmentVariable]) {
        self.pod = pod
        self.container = container
        self.snapshot = snapshot
        self.services = services
        for variable in services { serviceValues[variable.name] = variable.value }
    }

    var variables: [EnvironmentVariable] { services.filter { places[$0.name] == nil } + own }

    /// One `envFrom` source: every key of the object, with the prefix, in key order.
    mutating func add(_ source: EnvironmentSource) throws(EnvironmentError) {
        let key = ObjectKey(namespace: pod.metadata.namespace, name: source.name)
        guard let object = try object(source.kind, key, isOptional: source.optional) else { return }
        for (name, value) in object.data.sorted(by: { $0.key < $1.key }) {
            let name = source.prefix + name
            guard !name.isEmpty, !name.contains("=") else { continue }
            set(EnvironmentVariable(name: name, value: value, origin: object.origin))
        }
    }

    mutating func add(_ entry: EnvironmentEntry) throws(EnvironmentError) {
        guard let value = try value(of: entry) else { return }
        set(EnvironmentVariable(name: entry.name, value: value, origin: .container))
    }

    private mutating func set(_ variable: EnvironmentVariable) {
        if let place = places[variable.name] {
            own[place] = variable
        } else {
            places[variable.name] = own.count
            own.append(variable)
        }
    }

    /// The value; nil for an optional one that is not there.
    private mutating func value(of entry: EnvironmentEntry) throws(EnvironmentError) -> String? {
        switch entry.value {
        case .literal(let text):
            return VariableExpansion.expand(text) { name in
                places[name].map { own[$0].value } ?? serviceValues[name]
            }
        case .configMapKey(let name, let key, let optional):
            return try value(.configMap, name, key, isOptional: optional)
        case .secretKey(let name, let key, let optional):
            return try value(.secret, name, key, isOptional: optional)
        case .field(let path):
            return try PodField.value(of: path, in: pod)
        case .resource(let name, let resource, let divisor):
            let container = name.isEmpty ? container : try ContainerEnvironment.container(named: name, of: pod)
            let value = try ResourceField.value(of: resource, container: container, divisor: divisor, in: pod)
            if value == nil { findings.append(.limitUnknown(entry.name, resource, container, pod)) }
            return value
        }
    }

    private func value(
        _ kind: EnvironmentSource.Kind, _ name: String, _ key: String, isOptional: Bool
    ) throws(EnvironmentError) -> String? {
        let objectKey = ObjectKey(namespace: pod.metadata.namespace, name: name)
        guard let object = try object(kind, objectKey, isOptional: isOptional) else { return nil }
        if object.data[key] == nil, !isOptional { throw .noKey(kind.objectKind, objectKey, key, pod) }
        return object.data[key]
    }

    /// The data of a ConfigMap or Secret; nil for an optional one that is not there.
    private func object(
        _ kind: EnvironmentSource.Kind, _ key: ObjectKey, isOptional: Bool
    ) throws(EnvironmentError) -> (data: [String: String], origin: EnvironmentVariable.Origin)? {
        switch kind {
        case .configMap:
            if let configMap = snapshot.configMaps[key] { return (configMap.data, .configMap(key)) }
            if !isOptional { throw .noObject(.noConfigMap, kind.objectKind, key, pod) }
        case .secret:
            if let secret = snapshot.secrets[key] {
                return (secret.data.mapValues { String(decoding: $0, as: UTF8.self) }, .secret(key))
            }
            if !isOptional { throw .noObject(.noSecret, kind.objectKind, key, pod) }
        }
        return nil
    }
}

extension EnvironmentSource.Kind {
    fileprivate var objectKind: String { self == .configMap ? "ConfigMap" : "Secret" }
}

extension RegistryFinding {
    fileprivate static func limitUnknown(
        _ variable: String, _ resource: String, _ container: Container, _ pod: Pod
    ) -> RegistryFinding {
        RegistryFinding(
            reason: .limitUnknown, object: pod.key, source: pod.metadata.source,
            message: "\(variable) is left out: container \(container.name) sets no \(resource), and kubelet would take "
                + "the node's, which is not known here; set the limit")
    }
}
