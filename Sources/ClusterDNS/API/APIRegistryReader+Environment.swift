import ClusterModel
import KubernetesClient
import KubernetesProtocol

extension APIRegistryReader {
    /// Reads what `env` needs and no more: the Pod, its namespace's Services, and what its container refers to.
    ///
    /// Throws where the Pod may not be read. A ConfigMap or Secret that may not be read is said and left out, together
    /// with all variables that come from it.
    mutating func read(_ request: EnvRequest) async throws(CommandFailure) {
        try await readNamespace(request.namespace)
        try await readServices(of: request.namespace)
        guard let name = request.pod else { return }
        guard var pod = try await readPod(name, request.namespace) else { return }
        guard let container = try? ContainerEnvironment.container(named: request.container, of: pod) else { return }
        for reference in container.references {
            if try await readReference(reference, request.namespace) { continue }
            pod.makeOptional(reference, in: container.name)
        }
        keep([.pod(pod)])
    }

    /// The namespace's own, and `default/kubernetes`, which every Pod is told of.
    private mutating func readServices(of namespace: String) async throws(CommandFailure) {
        do throws(APIError) {
            keep(try await server.objects(of: .services, namespace: namespace, labelSelector: "").objects)
            guard namespace != "default" else { return }
            keep(try await server.object(.services, namespace: "default", name: "kubernetes"))
        } catch {
            try goOn(without: .services, error)
        }
    }

    /// nil where there is no such Pod; then the others of the namespace are listed, so that one may be meant.
    private mutating func readPod(_ name: String, _ namespace: String) async throws(CommandFailure) -> Pod? {
        do throws(APIError) {
            keep(try await server.object(.pods, namespace: namespace, name: name))
        } catch {
            throw CommandFailure(error.description)
        }
        if let pod = store.snapshot.pods[ObjectKey(namespace: namespace, name: name)] { return pod }
        let others = try? await server.objects(of: .pods, namespace: namespace, labelSelector: "").objects
        keep(others ?? [])
        return nil
    }

    /// Returns false where the object may not be read.
    private mutating func readReference(
        _ reference: ContainerReference, _ namespace: String
    ) async throws(CommandFailure) -> Bool {
        let resource: APIResource = reference.kind == .configMap ? .configMaps : .secrets
        do throws(APIError) {
            keep(try await server.object(resource, namespace: namespace, name: reference.name))
            return true
        } catch {
            try goOn(without: resource, error)
            return false
        }
    }
}

/// A ConfigMap or Secret of the Pod's namespace that a container's environment is made from.
struct ContainerReference: Hashable, Sendable {
    var kind: EnvironmentSource.Kind
    var name: String
}

extension Container {
    /// Each once, in the order they are written.
    var references: [ContainerReference] {
        let sources = environmentSources.map { ContainerReference(kind: $0.kind, name: $0.name) }
        var seen = Set<ContainerReference>()
        return (sources + environment.compactMap(\.reference)).filter { seen.insert($0).inserted }
    }
}

extension EnvironmentEntry {
    fileprivate var reference: ContainerReference? {
        switch value {
        case .configMapKey(let name, _, _): ContainerReference(kind: .configMap, name: name)
        case .secretKey(let name, _, _): ContainerReference(kind: .secret, name: name)
        case .literal, .field, .resource: nil
        }
    }

    fileprivate mutating func makeOptional() {
        switch value {
        case .configMapKey(let name, let key, _): value = .configMapKey(name: name, key: key, optional: true)
        case .secretKey(let name, let key, _): value = .secretKey(name: name, key: key, optional: true)
        case .literal, .field, .resource: break
        }
    }
}

extension Pod {
    /// Lets the container start without the object.
    fileprivate mutating func makeOptional(_ reference: ContainerReference, in container: String) {
        guard let place = containers.firstIndex(where: { $0.name == container }) else { return }
        for index in containers[place].environmentSources.indices {
            let source = containers[place].environmentSources[index]
            if source.kind == reference.kind, source.name == reference.name {
                containers[place].environmentSources[index].optional = true
            }
        }
        for index in containers[place].environment.indices
        where containers[place].environment[index].reference == reference {
            containers[place].environment[index].makeOptional()
        }
    }
}
