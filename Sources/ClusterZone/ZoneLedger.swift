import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// What the compiler must remember of the objects besides their blocks: who shares a name, and who leads here.
struct ZoneLedger: Sendable {
    private let options: ClusterZoneOptions
    /// Services that lead to this server: the NS records of every zone (rule 11).
    private var nameServers: [ObjectKey: ServiceView] = [:]
    /// Pods behind each name under `pods verified`: host-network Pods share one.
    private var podNames: [Name: Int] = [:]

    init(options: ClusterZoneOptions) { self.options = options }

    /// Takes what `delta` changes, and edits the names that follow from it.
    mutating func apply(_ delta: ClusterDelta, _ edits: inout ZoneEdits) {
        if options.pods == .verified { replacePods(delta, &edits) }
        if replaceNameServers(delta) { edits.setStructure(nameServers: nameServers.values.map(\.self)) }
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
