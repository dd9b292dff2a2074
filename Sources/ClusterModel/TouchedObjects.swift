/// What the objects a batch of changes touches were before it: the first state of each is remembered.
struct TouchedObjects {
    private var services: [ObjectKey: ServiceView?] = [:]
    private var namespaces: [String: Namespace?] = [:]
    private var pods: [ObjectKey: Pod?] = [:]

    mutating func service(_ key: ObjectKey, in snapshot: ClusterSnapshot) {
        if services[key] == nil { services[key] = .some(snapshot.view(of: key)) }
    }

    mutating func namespace(_ name: String, in snapshot: ClusterSnapshot) {
        if namespaces[name] == nil { namespaces[name] = .some(snapshot.namespaces[name]) }
    }

    mutating func pod(_ key: ObjectKey, in snapshot: ClusterSnapshot) {
        if pods[key] == nil { pods[key] = .some(snapshot.pods[key]) }
    }

    func delta(to snapshot: ClusterSnapshot) -> ClusterDelta {
        ClusterDelta(
            services: Self.differences(services) { snapshot.view(of: $0) },
            namespaces: Self.differences(namespaces) { snapshot.namespaces[$0] },
            pods: Self.differences(pods) { snapshot.pods[$0] })
    }

    private static func differences<Key: Hashable, Value: ComparableContent>(
        _ before: [Key: Value?], now: (Key) -> Value?
    ) -> [Key: ClusterDelta.Difference<Value>] {
        var differences: [Key: ClusterDelta.Difference<Value>] = [:]
        for (key, before) in before {
            let after = now(key)
            if !hasSameContent(before, after) { differences[key] = .init(before: before, after: after) }
        }
        return differences
    }
}

/// A value that can be compared without the marks of where and when it was read.
protocol ComparableContent: Hashable, Sendable {
    /// Itself without `resourceVersion` and source place, which change where nothing else does.
    var content: Self { get }
}

func hasSameContent<Value: ComparableContent>(_ left: Value?, _ right: Value?) -> Bool {
    left == right || left?.content == right?.content
}

extension ObjectMetadata {
    fileprivate var withoutOrigin: ObjectMetadata {
        var metadata = self
        metadata.resourceVersion = ""
        metadata.source = nil
        return metadata
    }
}

extension Namespace: ComparableContent {
    var content: Namespace { Namespace(metadata: metadata.withoutOrigin) }
}

extension Pod: ComparableContent {
    var content: Pod {
        var pod = self
        pod.metadata = metadata.withoutOrigin
        return pod
    }
}

extension EndpointSlice: ComparableContent {
    var content: EndpointSlice {
        var slice = self
        slice.metadata = metadata.withoutOrigin
        return slice
    }
}

extension ServiceView: ComparableContent {
    var content: ServiceView {
        var view = ServiceView(service: service, slices: slices.map(\.content))
        view.service.metadata = service.metadata.withoutOrigin
        return view
    }
}
