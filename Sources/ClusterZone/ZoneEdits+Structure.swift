import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// The names that exist whatever Services there are.
extension ZoneEdits {
    private static let versionTTL: UInt32 = 28_800
    /// The Kubernetes DNS specification these answers follow.
    private static let schemaVersion = "1.1.0"

    /// `NS.svc` and `NS.pod`, which exist as long as the namespace does (rule 13); `NS` in an outside zone.
    mutating func setNamespace(_ namespace: String, exists: Bool) {
        guard options.outside == nil else { return setOutsideNamespace(namespace, exists: exists) }
        for zone in options.forwardZones {
            for parent in options.pods == .disabled ? ["svc"] : ["svc", "pod"] {
                guard let name = try? zone.prepending(parent).prepending(namespace) else { continue }
                set(name, exists ? [] : nil)
            }
        }
    }

    private mutating func setOutsideNamespace(_ namespace: String, exists: Bool) {
        guard !options.hides(namespace: namespace) else { return }
        for zone in options.forwardZones {
            if let name = try? zone.prepending(namespace) { set(name, exists ? [] : nil) }
        }
    }

    /// Apexes with their NS records, and the fixed names below the forward ones.
    mutating func setStructure(nameServers: [ServiceView]) {
        if let outside = options.outside { return setOutsideStructure(outside, nameServers) }
        let primary = options.forwardZones.first ?? .root
        for zone in options.forwardZones {
            let nameServer = ZoneApex.below(zone, "dns", "ns")
            set(zone, [nameServerRRset(nameServers, in: zone)])
            for label in ["svc", "pod", "dns"] { set(ZoneApex.below(zone, label), []) }
            set(nameServer, AddressRecords.rrsets(of: options.serverAddresses, ttl: options.ttl))
            let version = RRset(type: .txt, ttl: Self.versionTTL, rdatas: [RDATA.txt(Self.schemaVersion)])
            set(ZoneApex.below(zone, "dns-version"), [version])
        }
        for zone in options.reverseZones { set(zone, [nameServerRRset(nameServers, in: primary)]) }
    }

    /// One name server in each zone, at the outside addresses of the Services that lead here, else the server's own.
    private mutating func setOutsideStructure(
        _ outside: ClusterZoneOptions.OutsideNames, _ nameServers: [ServiceView]
    ) {
        let known = nameServers.flatMap { OutsideAddresses(of: $0.service, schema).addresses }
        let addresses = known.isEmpty ? options.serverAddresses : known
        let sorted = Set(addresses).sorted()
        for zone in options.forwardZones + options.reverseZones {
            let isForward = options.forwardZones.contains(zone)
            let nameServer = ZoneApex.nameServer(of: isForward ? zone : options.forwardZones.first ?? zone, options)
            let glue = sorted.map {
                RRset.Glue(record: 0, type: AddressRecords.type(of: $0.family), rdata: $0.octets)
            }
            set(zone, [RRset(type: .ns, ttl: options.ttl, rdatas: [nameServer.wire], glue: glue)])
            guard isForward else { continue }
            set(ZoneApex.below(zone, outside.apexLabel), [])
            set(nameServer, AddressRecords.rrsets(of: sorted, ttl: options.ttl))
        }
    }

    /// The Services that lead here with their addresses as glue; where there are none, `ns.dns` of the zone.
    private func nameServerRRset(_ nameServers: [ServiceView], in zone: Name) -> RRset {
        var targets: [(name: Name, addresses: [IPAddress])] = nameServers.compactMap { view in
            guard let name = ServiceName.base(of: view.service.key, in: zone) else { return nil }
            let published =
                view.service.isHeadless
                ? PublishedEndpoints(slicesOf: view, schema) : PublishedEndpoints(addressesOf: view.service, schema)
            return (name, published.endpoints.map(\.address))
        }
        targets.sort { $0.name < $1.name }
        if targets.isEmpty { targets = [(ZoneApex.below(zone, "dns", "ns"), options.serverAddresses)] }
        let glue = targets.enumerated().flatMap { record, target in
            Set(target.addresses).sorted().map {
                RRset.Glue(record: record, type: AddressRecords.type(of: $0.family), rdata: $0.octets)
            }
        }
        return RRset(type: .ns, ttl: options.ttl, rdatas: targets.map(\.name.wire), glue: glue)
    }
}
