package import ClusterModel

/// What one look at the manifests brought.
package struct FeedUpdate: Sendable {
    /// Every difference since the last update, derived slices and given addresses included: `.replaced` for every
    /// kind in the first, then upserts and removals, in kind and key order.
    package var changes: [ClusterChange]
    /// The same as the difference between two snapshots; from nothing in the first.
    package var delta: ClusterDelta
    /// The registry after the changes.
    package var snapshot: ClusterSnapshot
    /// What was not found before, for the log.
    package var newFindings: [Finding]
    /// Everything wrong now, for `check` and metrics.
    package var findings: [Finding]
    /// False while the manifest directory is gone or was never there: the objects are the last known.
    package var isRootPresent: Bool
}

extension FeedUpdate {
    /// The whole registry.
    static func replacement(of snapshot: ClusterSnapshot) -> [ClusterChange] {
        ObjectKind.allCases.map { kind in
            let objects = snapshot.keys(of: kind).sorted().compactMap { snapshot.object(kind, $0) }
            return .replaced(kind, objects, resourceVersion: "")
        }
    }

    /// What `manifests` say, with the Services as the registry completed them and the slices it derived.
    static func changes(
        manifests: [ClusterChange], delta: ClusterDelta, snapshot: ClusterSnapshot
    ) -> [ClusterChange] {
        var services = Set(manifests.compactMap(\.serviceKey))
        services.formUnion(delta.services.filter { $1.before?.service != $1.after?.service }.keys)
        let rest = manifests.filter { $0.serviceKey == nil }
        let ofServices = services.sorted().map { key in
            snapshot.services[key].map { ClusterChange.upserted(.service($0)) } ?? .removed(.service, key)
        }
        let slices = delta.services.sorted { $0.key < $1.key }.flatMap { derivedSlices($0.value) }
        let split = rest.firstIndex { !$0.isOfNamespace } ?? rest.count
        return rest[..<split] + ofServices + slices + rest[split...]
    }

    private static func derivedSlices(_ change: ClusterDelta.Difference<ServiceView>) -> [ClusterChange] {
        let before = change.before?.slices.filter(EndpointDerivation.isDerived) ?? []
        let after = change.after?.slices.filter(EndpointDerivation.isDerived) ?? []
        let kept = Set(after.map(\.key))
        let removed = before.filter { !kept.contains($0.key) }.map { ClusterChange.removed(.endpointSlice, $0.key) }
        return removed + after.filter { !before.contains($0) }.map { .upserted(.endpointSlice($0)) }
    }
}

extension ClusterChange {
    fileprivate var serviceKey: ObjectKey? {
        switch self {
        case .upserted(.service(let service)): service.key
        case .removed(.service, let key): key
        default: nil
        }
    }

    fileprivate var isOfNamespace: Bool {
        switch self {
        case .upserted(.namespace), .removed(.namespace, _): true
        default: false
        }
    }
}
