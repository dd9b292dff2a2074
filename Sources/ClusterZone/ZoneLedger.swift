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

    /// Notes whether a Service, nil where there is none now, leads to this server; returns whether that may be news.
    mutating func replace(_ key: ObjectKey, by content: ServiceContent?) -> Bool {
        guard !options.serverAddresses.isEmpty else { return false }
        if options.outside != nil, let content, content.outside.isEmpty { return replace(key, by: nil) }
        let leader = content.flatMap { $0.leads(to: options.serverAddresses) ? $0.view : nil }
        let old = nameServers[key]
        nameServers[key] = leader
        return old != leader
    }

    /// Takes what another, of other Services, has noted of them.
    mutating func append(_ other: ZoneLedger) { nameServers.merge(other.nameServers) { own, _ in own } }

    /// Sets the names that follow from the Services noted so far.
    func setStructure(_ edits: inout ZoneEdits) { edits.setStructure(nameServers: nameServers.values.map(\.self)) }

    /// Takes the Pods that changed, and edits the names that follow from them.
    mutating func replace(_ pods: [ObjectKey: ClusterDelta.Difference<Pod>], _ edits: inout ZoneEdits) {
        guard options.pods == .verified else { return }
        for change in pods.values {
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
