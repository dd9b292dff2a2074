package import NetworkAddress

/// Gives ClusterIP Services without an address one of their own, and keeps it until the Service is deleted.
///
/// Never two alike, never one a manifest claims, never the base or broadcast address of a range. The choice hangs
/// on the Service's name, so the same Services get the same addresses while those are free.
package struct ServiceAddressAllocator: Sendable {
    /// `service_cidr`, the default family first; one range a family is usual, a further one is used when it is full.
    package let ranges: [AddressPrefix]
    /// What has been given out, primary address first; what the registry file keeps.
    package private(set) var assignments: [ObjectKey: [IPAddress]]

    var services: [ObjectKey: Service] = [:]
    var claims: [IPAddress: Set<ObjectKey>] = [:]
    private var holders: [IPAddress: ObjectKey]
    /// Services that found no free address: they try again when one is given back.
    private var waiting = Set<ObjectKey>()

    /// What a call changed.
    package struct Update: Hashable, Sendable {
        /// Services whose addresses (as `completed` gives them) may differ, those of the call included.
        package var changed: Set<ObjectKey> = []
        package var findings: [RegistryFinding] = []
    }

    /// Starts from the assignments of the registry file; where two Services share an address the first in order keeps it.
    package init(ranges: [AddressPrefix], assignments: [ObjectKey: [IPAddress]] = [:]) {
        self.ranges = ranges
        self.assignments = [:]
        holders = [:]
        for (key, addresses) in assignments.sorted(by: { $0.key < $1.key }) {
            let free = addresses.filter { holders[$0] == nil }
            for address in free { holders[address] = key }
            self.assignments[key] = free.isEmpty ? nil : free
        }
    }

    /// Takes the complete set of Services: assignments of all others end.
    package mutating func assign(_ all: some Sequence<Service>) -> Update {
        var changes: [ObjectKey: Service?] = [:]
        for key in services.keys { changes[key] = .some(nil) }
        for key in assignments.keys { changes[key] = .some(nil) }
        for service in all { changes[service.key] = .some(service) }
        return update(changes)
    }

    /// Takes Services as their manifests define them; nil for one that is gone.
    package mutating func update(_ changes: [ObjectKey: Service?]) -> Update {
        var update = Update(changed: Set(changes.keys))
        var pending = Set<ObjectKey>()
        var disputed = Set<IPAddress>()
        var hasReleased = false
        for (key, service) in changes {
            disputed.formUnion(replaceClaims(of: key, with: service))
            hasReleased = release(key, unwantedBy: service) || hasReleased
            if service?.needsClusterIP == true { pending.insert(key) } else { waiting.remove(key) }
        }
        for address in disputed.sorted() {
            pending.formUnion(yield(address, &update))
            report(claimsTo: address, &update)
        }
        if hasReleased || !disputed.isEmpty { pending.formUnion(waiting) }
        for key in pending.sorted() { allocate(key, &update) }
        return update
    }

    /// The Service as DNS and the environment see it: with its assignment, and without an address it lost.
    package func completed(_ service: Service) -> Service {
        var service = service
        if service.needsClusterIP {
            service.clusterIPs = assignments[service.key] ?? []
            return service
        }
        let kept = service.clusterIPs.filter { winner(of: $0).map { $0 == service.key } ?? true }
        if kept.first != service.clusterIPs.first { service.verbatimClusterIP = nil }
        service.clusterIPs = kept
        return service
    }
}

extension ServiceAddressAllocator {
    /// Stores the Service and returns the addresses whose claimants changed.
    private mutating func replaceClaims(of key: ObjectKey, with service: Service?) -> Set<IPAddress> {
        let before = Set(services[key]?.clusterIPs ?? [])
        let after = Set(service?.clusterIPs ?? [])
        for address in before {
            claims[address]?.remove(key)
            if claims[address]?.isEmpty == true { claims[address] = nil }
        }
        for address in after { claims[address, default: []].insert(key) }
        services[key] = service
        return before.symmetricDifference(after)
    }

    /// Gives back what the Service no longer wants: all of it when it is gone or has its own address.
    ///
    /// What a changed `service_cidr` can no longer give is kept, since the address must not change.
    private mutating func release(_ key: ObjectKey, unwantedBy service: Service?) -> Bool {
        guard let held = assignments[key] else { return false }
        var kept: [IPAddress] = []
        if let service, service.needsClusterIP {
            let families = try? wantedFamilies(of: service)
            kept = held.filter { families?.contains($0.family) ?? true }
        }
        for address in held where !kept.contains(address) { holders[address] = nil }
        assignments[key] = kept.isEmpty ? nil : kept
        return kept.count < held.count
    }

    /// A claim beats an assignment: returns the Service that must move.
    private mutating func yield(_ address: IPAddress, _ update: inout Update) -> Set<ObjectKey> {
        guard claims[address] != nil, let holder = holders.removeValue(forKey: address) else { return [] }
        assignments[holder]?.removeAll { $0 == address }
        if assignments[holder]?.isEmpty == true { assignments[holder] = nil }
        if let claimant = winner(of: address) {
            update.findings.append(.moved(holder, services[holder]?.metadata.source, address, to: claimant))
        }
        update.changed.insert(holder)
        return [holder]
    }

    /// Gives the Service all the addresses it wants, or leaves it as it is.
    private mutating func allocate(_ key: ObjectKey, _ update: inout Update) {
        guard let service = services[key], service.needsClusterIP else { return }
        update.changed.insert(key)
        do throws(AllocationFailure) {
            var addresses: [IPAddress] = []
            for family in try wantedFamilies(of: service) {
                let held = assignments[key]?.first { $0.family == family }
                let address = if let held { held } else { try free(family, for: key) }
                addresses.append(address)
            }
            for address in addresses { holders[address] = key }
            assignments[key] = addresses
            waiting.remove(key)
        } catch {
            waiting.insert(key)
            update.findings.append(.unassigned(service, error, ranges))
        }
        for address in assignments[key] ?? [] where !ranges.contains(where: { $0.contains(address) }) {
            update.findings.append(.outsideRange(service, address, ranges))
        }
    }

    /// Probes from the place the name's hash gives; one more probe than addresses in use always meets a free one.
    private func free(_ family: IPFamily, for key: ObjectKey) throws(AllocationFailure) -> IPAddress {
        for range in ranges where range.base.family == family {
            var probe = AddressProbe(range, for: key)
            for _ in 0...(holders.count + claims.count) {
                guard let address = probe.next() else { break }
                if holders[address] == nil && claims[address] == nil { return address }
            }
        }
        throw .exhausted(family)
    }
}
