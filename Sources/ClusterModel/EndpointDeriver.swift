/// Keeps derived slices in step with the registry: which Services a change reaches, and what becomes of their slices.
///
/// Its cost follows the change: two indexes lead from a Pod to the Services that may select it, and from a Service
/// to the Pods that may match.
package struct EndpointDeriver: Sendable {
    package let derivation: EndpointDerivation
    private var podsByLabel: [NamespacedLabel: Set<ObjectKey>] = [:]
    private var servicesByLabel: [NamespacedLabel: Set<ObjectKey>] = [:]

    package init(derivation: EndpointDerivation = EndpointDerivation()) { self.derivation = derivation }

    /// The changes to derived slices that `delta` calls for; `snapshot` is the state after it.
    ///
    /// Applying the result to the store and calling again with that delta gives no more changes.
    package mutating func changes(after delta: ClusterDelta, in snapshot: ClusterSnapshot) -> [ClusterChange] {
        var affected = Set(delta.services.keys)
        for (key, change) in delta.services { index(key, change) }
        for (key, change) in delta.pods {
            index(key, change)
            affected.formUnion(services(selecting: change.before, snapshot))
            affected.formUnion(services(selecting: change.after, snapshot))
        }
        return affected.sorted().flatMap { changes(for: $0, snapshot) }
    }

    private func changes(for key: ObjectKey, _ snapshot: ClusterSnapshot) -> [ClusterChange] {
        let present = snapshot.slices(of: key)
        let old = present.filter(EndpointDerivation.isDerived)
        let new = old.count == present.count ? wanted(key, snapshot) : []
        let kept = Set(new.map(\.key))
        let removed = old.filter { !kept.contains($0.key) }.map { ClusterChange.removed(.endpointSlice, $0.key) }
        return removed + new.filter { !old.contains($0) }.map { .upserted(.endpointSlice($0)) }
    }

    private func wanted(_ key: ObjectKey, _ snapshot: ClusterSnapshot) -> [EndpointSlice] {
        guard let service = snapshot.services[key] else { return [] }
        let pods = candidates(for: service).compactMap { snapshot.pods[$0] }
        return derivation.slices(of: service, pods: pods) { name in
            let other = snapshot.endpointSlices[ObjectKey(namespace: key.namespace, name: name)]
            return other.map { $0.service != key || !EndpointDerivation.isDerived($0) } ?? false
        }
    }
}

/// One label of one namespace: the key of both indexes.
private struct NamespacedLabel: Hashable {
    var namespace: String
    var key: String
    var value: String
}

extension EndpointDeriver {
    /// The Pods with the rarest of the selector's labels: a superset of those it selects.
    private func candidates(for service: Service) -> Set<ObjectKey> {
        let sets = service.selector.map { pair in
            podsByLabel[.init(namespace: service.metadata.namespace, key: pair.key, value: pair.value)] ?? []
        }
        return sets.min { $0.count < $1.count } ?? []
    }

    private func services(selecting pod: Pod?, _ snapshot: ClusterSnapshot) -> [ObjectKey] {
        guard let pod else { return [] }
        return pod.metadata.labels.flatMap { pair in
            let label = NamespacedLabel(namespace: pod.metadata.namespace, key: pair.key, value: pair.value)
            return (servicesByLabel[label] ?? []).filter { key in
                LabelSelector.selects(snapshot.services[key]?.selector ?? [:], pod.metadata.labels)
            }
        }
    }

    private mutating func index(_ key: ObjectKey, _ change: ClusterDelta.Difference<Pod>) {
        let before = Self.labels(change.before?.metadata.labels, in: key.namespace)
        let after = Self.labels(change.after?.metadata.labels, in: key.namespace)
        for label in before.subtracting(after) { Self.remove(key, from: &podsByLabel, label) }
        for label in after.subtracting(before) { podsByLabel[label, default: []].insert(key) }
    }

    /// A Service is found by one label of its selector, the first in key order.
    private mutating func index(_ key: ObjectKey, _ change: ClusterDelta.Difference<ServiceView>) {
        let before = Self.firstLabel(change.before?.service, in: key.namespace)
        let after = Self.firstLabel(change.after?.service, in: key.namespace)
        if before == after { return }
        if let before { Self.remove(key, from: &servicesByLabel, before) }
        if let after { servicesByLabel[after, default: []].insert(key) }
    }

    private static func firstLabel(_ service: Service?, in namespace: String) -> NamespacedLabel? {
        service?.selector.min { $0.key < $1.key }
            .map { NamespacedLabel(namespace: namespace, key: $0.key, value: $0.value) }
    }

    private static func labels(_ labels: [String: String]?, in namespace: String) -> Set<NamespacedLabel> {
        Set((labels ?? [:]).map { NamespacedLabel(namespace: namespace, key: $0.key, value: $0.value) })
    }

    private static func remove(
        _ key: ObjectKey, from index: inout [NamespacedLabel: Set<ObjectKey>], _ label: NamespacedLabel
    ) {
        index[label]?.remove(key)
        if index[label]?.isEmpty == true { index[label] = nil }
    }
}
