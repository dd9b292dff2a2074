extension RegistryFilter {
    /// What a delta means to a reader who sees only what passes; `snapshot` is the state after it.
    ///
    /// A namespace that comes, goes, or begins or ceases to match brings or takes all that is in it.
    package func filtered(_ delta: ClusterDelta, in snapshot: ClusterSnapshot) -> ClusterDelta {
        var result = ClusterDelta()
        for (name, change) in delta.namespaces {
            let (before, after) = (visible(name, change.before), visible(name, change.after))
            if before != after { result.namespaces[name] = .init(before: before, after: after) }
        }
        let turned = turnedNamespaces(delta)
        for key in delta.services.keys { addService(key, delta, snapshot, to: &result) }
        for key in delta.pods.keys { addPod(key, delta, snapshot, to: &result) }
        for key in delta.serviceImports.keys { addImport(key, delta, snapshot, to: &result) }
        for name in turned { addNamespace(name, delta, snapshot, to: &result) }
        return result
    }

    /// What a namespace brings or takes, but for what has changed itself.
    private func addNamespace(
        _ name: String, _ delta: ClusterDelta, _ snapshot: ClusterSnapshot, to result: inout ClusterDelta
    ) {
        for key in snapshot.services.keys(inNamespace: name) where delta.services[key] == nil {
            addService(key, delta, snapshot, to: &result)
        }
        for key in snapshot.pods.keys(inNamespace: name) where delta.pods[key] == nil {
            addPod(key, delta, snapshot, to: &result)
        }
        for key in snapshot.serviceImports.keys(inNamespace: name) where delta.serviceImports[key] == nil {
            addImport(key, delta, snapshot, to: &result)
        }
    }

    private func visible(_ name: String, _ namespace: Namespace?) -> Namespace? {
        namespace.flatMap { exposes(namespace: name, $0) ? $0 : nil }
    }

    private func turnedNamespaces(_ delta: ClusterDelta) -> Set<String> {
        Set(
            delta.namespaces.compactMap { name, change in
                exposes(namespace: name, change.before) == exposes(namespace: name, change.after) ? nil : name
            })
    }

    private func addService(
        _ key: ObjectKey, _ delta: ClusterDelta, _ snapshot: ClusterSnapshot, to result: inout ClusterDelta
    ) {
        let (namespaceBefore, namespaceAfter) = namespace(key.namespace, delta, snapshot)
        if let change = delta.services[key], objects.selectsEverything,
            change.before == nil || exposes(namespace: key.namespace, namespaceBefore),
            change.after == nil || exposes(namespace: key.namespace, namespaceAfter)
        {
            // What passes as it is differs as before; nearly all changes do.
            result.services[key] = change
            return
        }
        let change = delta.services[key] ?? .init(before: snapshot.view(of: key), after: snapshot.view(of: key))
        let before = change.before.flatMap { filtered($0, namespace: namespaceBefore) }
        let after = change.after.flatMap { filtered($0, namespace: namespaceAfter) }
        if !hasSameContent(before, after) { result.services[key] = .init(before: before, after: after) }
    }

    private func addPod(
        _ key: ObjectKey, _ delta: ClusterDelta, _ snapshot: ClusterSnapshot, to result: inout ClusterDelta
    ) {
        let change = delta.pods[key] ?? .init(before: snapshot.pods[key], after: snapshot.pods[key])
        let (namespaceBefore, namespaceAfter) = namespace(key.namespace, delta, snapshot)
        let before = change.before.flatMap { includes($0, namespace: namespaceBefore) ? $0 : nil }
        let after = change.after.flatMap { includes($0, namespace: namespaceAfter) ? $0 : nil }
        if !hasSameContent(before, after) { result.pods[key] = .init(before: before, after: after) }
    }

    private func addImport(
        _ key: ObjectKey, _ delta: ClusterDelta, _ snapshot: ClusterSnapshot, to result: inout ClusterDelta
    ) {
        let change =
            delta.serviceImports[key]
            ?? .init(before: snapshot.importView(of: key), after: snapshot.importView(of: key))
        let (namespaceBefore, namespaceAfter) = namespace(key.namespace, delta, snapshot)
        let before = change.before.flatMap { filtered($0, namespace: namespaceBefore) }
        let after = change.after.flatMap { filtered($0, namespace: namespaceAfter) }
        if !hasSameContent(before, after) { result.serviceImports[key] = .init(before: before, after: after) }
    }

    private func namespace(
        _ name: String, _ delta: ClusterDelta, _ snapshot: ClusterSnapshot
    ) -> (before: Namespace?, after: Namespace?) {
        if let change = delta.namespaces[name] { return (change.before, change.after) }
        return (snapshot.namespaces[name], snapshot.namespaces[name])
    }
}
