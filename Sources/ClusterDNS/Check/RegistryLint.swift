import Answering
import ClusterFeed
import ClusterModel

/// What is valid in a registry and still will not do what its author expects: one rule a function.
struct RegistryLint {
    let snapshot: ClusterSnapshot
    let definition: RegistryDefinition
    /// Kinds of which nothing is known: rules that need them are not applied.
    let unread: Set<ObjectKind>
    private let podsByLabel: [Label: [Pod]]
    private let workloadsByNamespace: [String: [Workload]]

    /// A label as Pods of a namespace carry it.
    private struct Label: Hashable {
        var namespace: String
        var name: String
        var value: String
    }

    init(_ registry: LoadedRegistry) {
        self.init(snapshot: registry.snapshot, definition: registry.definition, unread: registry.unread)
    }

    init(snapshot: ClusterSnapshot, definition: RegistryDefinition, unread: Set<ObjectKind> = []) {
        self.snapshot = snapshot
        self.definition = definition
        self.unread = unread
        var pods: [Label: [Pod]] = [:]
        for pod in snapshot.pods.values {
            for (name, value) in pod.metadata.labels {
                pods[Label(namespace: pod.metadata.namespace, name: name, value: value), default: []].append(pod)
            }
        }
        podsByLabel = pods
        workloadsByNamespace = Dictionary(grouping: snapshot.workloads.values, by: \.metadata.namespace)
    }

    /// Every finding, in the order of their places.
    var findings: [Finding] {
        let ofServices = snapshot.services.values.flatMap { service in
            selector(service) + targetPorts(service) + externalName(service) + names(service)
        }
        let ofPods = snapshot.pods.values.flatMap(subdomain)
        return (ofServices + ofPods + orphanSlices + collisions + missingNamespaces).sorted()
    }

    /// Pods that the selector picks; the cost follows the rarest of its labels.
    func pods(of service: Service) -> [Pod] {
        let candidates = service.selector.map { name, value in
            podsByLabel[Label(namespace: service.metadata.namespace, name: name, value: value)] ?? []
        }
        let rarest = candidates.min { $0.count < $1.count } ?? []
        return rarest.filter { LabelSelector.selects(service.selector, $0.metadata.labels) }
    }

    /// Workloads whose Pods the selector would pick.
    func workloads(of service: Service) -> [Workload] {
        (workloadsByNamespace[service.metadata.namespace] ?? []).filter {
            LabelSelector.selects(service.selector, $0.templateLabels)
        }
    }

    func finding(_ severity: Finding.Severity, _ metadata: ObjectMetadata, _ message: String) -> Finding {
        Finding(
            severity, file: metadata.source?.file ?? definition.source.place, line: metadata.source?.line,
            message: message)
    }
}

extension RegistryLint {
    /// A slice that names a Service which is not there.
    private var orphanSlices: [Finding] {
        snapshot.endpointSlices.values.compactMap { slice in
            guard let key = slice.service, snapshot.services[key] == nil else { return nil }
            return finding(
                .warning, slice.metadata,
                "EndpointSlice \(slice.key) belongs to Service \(key), which is not there, so nothing answers with it; "
                    + "create the Service, or correct the label \(EndpointSlice.serviceNameLabel)")
        }
    }

    /// Two Services of a namespace that set one environment variable.
    private var collisions: [Finding] {
        let namespaces = Set(snapshot.services.keys.map(\.namespace))
        return namespaces.flatMap { namespace in
            let services = ServiceEnvironment.services(for: namespace, linksEnabled: true, in: snapshot)
            return ServiceEnvironment(services).findings.filter { $0.reason == .variableCollision }
                .map { Finding($0, file: definition.source.place) }
        }
    }

    /// Namespaces that the option `namespaces` names and nothing declares.
    private var missingNamespaces: [Finding] {
        guard case .named(let names) = definition.filter.namespaces, !unread.contains(.namespace) else { return [] }
        return names.filter { snapshot.namespaces[$0] == nil }.map { name in
            Finding(
                .warning, file: definition.source.place,
                message: "the option \"namespaces\" names \(name), which is not there; correct it, or create the "
                    + "Namespace")
        }
    }

    /// A Pod that should have a name under a headless Service, and has none.
    private func subdomain(_ pod: Pod) -> [Finding] {
        guard !pod.subdomain.isEmpty, !pod.hostname.isEmpty else { return [] }
        let key = ObjectKey(namespace: pod.metadata.namespace, name: pod.subdomain)
        let problem: String
        if let service = snapshot.services[key] {
            if LabelSelector.selects(service.selector, pod.metadata.labels) { return [] }
            // Without a selector the Service's slices are somebody else's.
            if service.selector.isEmpty { return [] }
            problem = "does not select the Pod; correct its selector, or the Pod's labels"
        } else {
            problem = "is not there; create it with clusterIP: None"
        }
        return [
            finding(
                .warning, pod.metadata,
                "Pod \(pod.key) has the subdomain \(pod.subdomain), so it expects the name "
                    + "\(pod.hostname).\(pod.subdomain); Service \(key) \(problem)")
        ]
    }
}
