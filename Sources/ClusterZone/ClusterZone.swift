package import ClusterModel
import DNSWire
package import DNSZone
import NetworkAddress

/// The Kubernetes DNS schema over a registry: compiled answers for forward and reverse names; an immutable value.
///
/// `applying` costs what the delta touches. Deltas and views must already have passed the `RegistryFilter`.
package struct ClusterZone: Sendable {
    package let options: ClusterZoneOptions
    /// Rises with every visible change (RFC 1982 arithmetic is never needed within a lifetime).
    package private(set) var serial: UInt32
    /// False until the registry was complete once: then names that are unknown may still exist.
    package private(set) var isComplete: Bool
    package private(set) var table: NameTable
    /// The longest zone first.
    package private(set) var apexes: [ZoneApex]
    /// Services that lead to this server: the NS records of every zone (rule 11).
    private var nameServers: [ObjectKey: ServiceView] = [:]
    /// Pods behind each name under `pods verified`: host-network Pods share one.
    private var podNames: [Name: Int] = [:]

    /// A zone without objects, which answers SERVFAIL for names it does not know.
    package init(options: ClusterZoneOptions, serial: UInt32) {
        self.options = options
        self.serial = serial
        isComplete = false
        table = NameTable()
        apexes = []
        var edits = ZoneEdits(table: table, options: options)
        edits.setStructure(nameServers: [])
        table = table.replacing(edits.blocks)
        sealApexes()
    }

    /// The zone of everything in `snapshot` that passes `filter`: the same as a chain of deltas leads to.
    package init(options: ClusterZoneOptions, serial: UInt32, snapshot: ClusterSnapshot, filter: RegistryFilter) {
        self.init(options: options, serial: serial)
        var delta = ClusterDelta()
        for (name, namespace) in snapshot.namespaces { delta.namespaces[name] = .init(before: nil, after: namespace) }
        for view in snapshot.allViews { delta.services[view.service.key] = .init(before: nil, after: view) }
        for (key, pod) in snapshot.pods { delta.pods[key] = .init(before: nil, after: pod) }
        self = applying(filter.filtered(delta, in: snapshot), serial: serial, isComplete: true)
    }

    /// Returns the zone with `delta` applied; the serial is taken only where an answer changes.
    package func applying(_ delta: ClusterDelta, serial: UInt32, isComplete: Bool) -> ClusterZone {
        var next = self
        next.isComplete = self.isComplete || isComplete
        var edits = ZoneEdits(table: table, options: options)
        for (name, change) in delta.namespaces where (change.before == nil) != (change.after == nil) {
            edits.setNamespace(name, exists: change.after != nil)
        }
        for change in delta.services.values { edits.replace(change.before, by: change.after) }
        if options.pods == .verified { next.replacePods(delta, &edits) }
        if next.replaceNameServers(delta) { edits.setStructure(nameServers: next.nameServers.values.map(\.self)) }
        guard !edits.blocks.isEmpty else { return next }
        next.table = table.replacing(edits.blocks)
        next.serial = serial
        next.sealApexes()
        return next
    }

    private mutating func sealApexes() {
        let primary = options.forwardZones.first ?? .root
        let zones = options.forwardZones.map { ($0, false) } + options.reverseZones.map { ($0, true) }
        apexes = zones.map { zone, isReverse in
            ZoneApex(name: zone, isReverse: isReverse, primary: primary, serial: serial, ttl: options.ttl)
        }
        apexes.sort { $0.suffix.labelCount > $1.suffix.labelCount }
    }

    /// Returns whether the NS records may differ now.
    private mutating func replaceNameServers(_ delta: ClusterDelta) -> Bool {
        guard !options.serverAddresses.isEmpty else { return false }
        let old = nameServers
        for (key, change) in delta.services {
            nameServers[key] = change.after.flatMap { $0.leads(to: options.serverAddresses, options) ? $0 : nil }
        }
        return nameServers != old
    }

    private mutating func replacePods(_ delta: ClusterDelta, _ edits: inout ZoneEdits) {
        for change in delta.pods.values {
            let (before, after) = (change.before.map(podNames(of:)) ?? [:], change.after.map(podNames(of:)) ?? [:])
            for (name, address) in before where after[name] == nil { count(name, -1, address, &edits) }
            for (name, address) in after where before[name] == nil { count(name, +1, address, &edits) }
        }
    }

    private mutating func count(_ name: Name, _ change: Int, _ address: IPAddress, _ edits: inout ZoneEdits) {
        let count = (podNames[name] ?? 0) + change
        podNames[name] = count > 0 ? count : nil
        edits.set(name, count > 0 ? AddressRecords.rrsets(of: [address], ttl: options.ttl) : nil)
    }

    /// The dashed names of a Pod that holds addresses of its own, in every forward zone.
    private func podNames(of pod: Pod) -> [Name: IPAddress] {
        guard !pod.isTerminated else { return [:] }
        var names: [Name: IPAddress] = [:]
        for zone in options.forwardZones {
            for address in pod.podIPs where options.families.contains(address.family) {
                let parent = ZoneApex.below(zone, "pod", pod.metadata.namespace)
                if let name = try? parent.prepending(EndpointNames.dashed(address)) { names[name] = address }
            }
        }
        return names
    }
}

extension ServiceView {
    /// Whether an endpoint of the Service is one of `addresses`: then asking the Service asks this server.
    func leads(to addresses: [IPAddress], _ options: ClusterZoneOptions) -> Bool {
        guard service.type != .externalName else { return false }
        return publishedEndpoints(options).contains { addresses.contains($0.address) }
    }
}
