package import NetworkAddress

/// A registry with no Kubernetes behind it: what controllers would do there is done here.
///
/// Services without an address get one, Services with a selector get the endpoints of their Pods. A pure value:
/// changes as the manifests tell them go in, the difference a reader sees comes out.
package struct EmbeddedRegistry: Sendable {
    package private(set) var store = ClusterStore()
    private var allocator: ServiceAddressAllocator
    private var deriver: EndpointDeriver

    /// What one call did.
    package struct Update: Hashable, Sendable {
        package var delta: ClusterDelta
        package var findings: [RegistryFinding]
        /// Whether `assignments` differ and must be written to the registry file.
        package var hasNewAssignments: Bool
    }

    /// Starts empty: `ranges` is `service_cidr`, `assignments` what the registry file kept.
    package init(ranges: [AddressPrefix], assignments: [ObjectKey: [IPAddress]] = [:]) {
        allocator = ServiceAddressAllocator(ranges: ranges, assignments: assignments)
        deriver = EndpointDeriver(derivation: EndpointDerivation(defaultFamily: ranges.first?.base.family))
    }

    package var snapshot: ClusterSnapshot { store.snapshot }

    /// The addresses given out, for the registry file.
    package var assignments: [ObjectKey: [IPAddress]] { allocator.assignments }

    /// Applies changes, then what follows from them.
    package mutating func apply(_ changes: [ClusterChange]) -> Update {
        let services = changedServices(changes)
        let before = Dictionary(uniqueKeysWithValues: services.keys.map { ($0, allocator.assignments[$0]) })
        let addresses = allocator.update(services)
        var delta = store.apply(changes.map(completed))
        delta.merge(store.apply(moved(addresses.changed)))
        delta.merge(store.apply(deriver.changes(after: delta, in: store.snapshot)))
        let hasMoved = addresses.findings.contains { $0.reason == .addressMoved }
        let isNew = addresses.changed.contains { key in (before[key] ?? nil) != allocator.assignments[key] }
        return Update(delta: delta, findings: addresses.findings, hasNewAssignments: isNew || hasMoved)
    }

    /// The last state of every Service the changes touch; nil for one that is gone.
    private func changedServices(_ changes: [ClusterChange]) -> [ObjectKey: Service?] {
        var services: [ObjectKey: Service?] = [:]
        for change in changes {
            switch change {
            case .upserted(.service(let service)): services[service.key] = .some(service)
            case .removed(.service, let key): services[key] = .some(nil)
            case .replaced(.service, let objects, _):
                for key in allocator.services.keys { services[key] = .some(nil) }
                for key in allocator.assignments.keys { services[key] = .some(nil) }
                for case .service(let service) in objects { services[service.key] = .some(service) }
            default: break
            }
        }
        return services
    }

    private func completed(_ change: ClusterChange) -> ClusterChange {
        switch change {
        case .upserted(.service(let service)):
            return .upserted(.service(allocator.completed(service)))
        case .replaced(.service, let objects, let version):
            let completed = objects.map { object in
                guard case .service(let service) = object else { return object }
                return ClusterObject.service(allocator.completed(service))
            }
            return .replaced(.service, completed, resourceVersion: version)
        default:
            return change
        }
    }

    /// Services whose address changed though the changes do not name them, or name them before the last word.
    private func moved(_ keys: Set<ObjectKey>) -> [ClusterChange] {
        keys.sorted().compactMap { key in
            allocator.services[key].map { .upserted(.service(allocator.completed($0))) }
        }
    }
}
