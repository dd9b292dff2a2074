import ClusterModel
import ClusterZone
import DNSTesting
import DNSWire
import DNSZone
import NetworkAddress
import Testing

/// PTR records of some thousand addresses: every one is found, and so is every name above one (RFC 8020).
struct ReverseTableTests {
    private static let options = ClusterZoneOptions(
        forwardZones: ["cluster.local"].compactMap { try? Name($0) },
        reverseZones: ["in-addr.arpa", "ip6.arpa"].compactMap { try? Name($0) })

    /// Addresses near one another, so that prefixes are shared, in both families.
    private static func addresses(_ count: Int, seed: UInt64) -> Set<IPAddress> {
        var random = SplitMix64(seed: seed)
        var addresses = Set<IPAddress>()
        while addresses.count < count {
            let low = UInt64.random(in: 0..<2, using: &random) << 40 | UInt64.random(in: 0..<6000, using: &random)
            addresses.insert(
                random.oneIn(2)
                    ? IPAddress(ipv4: 0x0AF4_0000 + UInt32(truncatingIfNeeded: low))
                    : IPAddress(high: 0xFD00_0000_0000_0000 | UInt64(random.oneIn(9) ? 1 : 0), low: low))
        }
        return addresses
    }

    /// A Service for every 100 addresses.
    private static func changes(_ addresses: Set<IPAddress>) -> [ClusterChange] {
        let sorted = addresses.sorted()
        return stride(from: 0, to: sorted.count, by: 100).flatMap { start -> [ClusterChange] in
            let name = "s\(start)"
            let slice = EndpointSlice(
                metadata: .init(name: name, namespace: "a", labels: [EndpointSlice.serviceNameLabel: name]),
                addressType: .ipv4,
                endpoints: .init(sorted[start..<min(start + 100, sorted.count)].map { Endpoint(addresses: [$0]) }),
                ports: [EndpointPort(port: 80)])
            return [
                .upserted(.service(Service(metadata: .init(name: name, namespace: "a"), isHeadless: true))),
                .upserted(.endpointSlice(slice)),
            ]
        }
    }

    /// The owners of the PTR records of a zone.
    private static func owners(_ zone: ClusterZone) -> [Name: Int] {
        var owners: [Name: Int] = [:]
        zone.forEachRecord { if $0.type == .ptr { owners[$0.owner, default: 0] += 1 } }
        return owners
    }

    private static let namespace = ClusterChange.upserted(.namespace(.init(metadata: .init(name: "a", namespace: ""))))

    /// Leaves are cut on the way up and joined on the way down, and nothing is lost or left over.
    @Test(arguments: [1, 2, 3] as [UInt64]) func growingAndShrinking(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var (store, zone) = (ClusterStore(), ClusterZone(options: Self.options, serial: 1))
        zone = zone.applying(store.apply([Self.namespace]), serial: 2, isComplete: true)
        for change in Self.changes(Self.addresses(4000, seed: seed)).shuffled(using: &random) {
            zone = zone.applying(store.apply([change]), serial: 2, isComplete: true)
        }
        let all = Dictionary(
            uniqueKeysWithValues: Self.addresses(4000, seed: seed).map { (ReverseName.name(of: $0), 1) })
        #expect(Self.owners(zone) == all)
        // Every slice gives up all addresses but those that end in 0.
        var left: [Name: Int] = [:]
        for var slice in Array(store.snapshot.endpointSlices.values).shuffled(using: &random) {
            slice.endpoints = .init(slice.endpoints.filter { $0.addresses[0].low % 256 == 0 })
            for endpoint in slice.endpoints { left[ReverseName.name(of: endpoint.addresses[0])] = 1 }
            zone = zone.applying(store.apply([.upserted(.endpointSlice(slice))]), serial: 2, isComplete: true)
        }
        #expect(Self.owners(zone) == left)
        let fresh = ClusterZone(options: Self.options, serial: 1, snapshot: store.snapshot, filter: RegistryFilter())
        #expect(Self.owners(fresh) == left)
    }

    /// What exists is told by the names as text alone: a name exists where it ends an owner.
    @Test func namesAboveAddresses() throws {
        let addresses = Self.addresses(1500, seed: 7)
        let server = try zone(
            addresses.sorted().enumerated().map { "headless s\($0).shop\nslice s\($0).shop http:80 \($1)\n" }.joined())
        var existing = Set<String>()
        for address in addresses {
            var labels = "\(ReverseName.name(of: address))".split(separator: ".")
            while labels.count > 2 {
                existing.insert(labels.joined(separator: ".") + ".")
                labels.removeFirst()
            }
        }
        var random = SplitMix64(seed: 8)
        for name in existing.shuffled(using: &random).prefix(2000) {
            let isAddress = name.split(separator: ".").count == (name.hasSuffix("ip6.arpa.") ? 34 : 6)
            #expect(try server.ask(name, .ptr).summary.hasPrefix(isAddress ? "PTR" : "NODATA"), "\(name)")
            // A neighbour: another first label.
            let other =
                "\(Int.random(in: 0...9, using: &random))."
                + name.split(separator: ".").dropFirst().joined(separator: ".") + "."
            #expect(try (server.ask(other, .ptr).summary == "NXDOMAIN") == !existing.contains(other), "\(other)")
        }
    }

    /// Three Services on each address: wherever leaves are cut, an address has all its names, in canonical order.
    @Test func severalServicesOnEachAddress() throws {
        let addresses = (0..<300).map { "10.244.\($0 / 100).\($0 % 100)" }
        let services = ["web", "api", "db"].map { name in
            "headless \(name).shop\nslice \(name).shop http:80 \(addresses.joined(separator: " "))"
        }
        let server = try zone(services.joined(separator: "\n"))
        for address in addresses {
            let owner = address.split(separator: ".").reversed().joined(separator: ".") + ".in-addr.arpa."
            let label = address.replacing(".", with: "-")
            let want = ["api", "db", "web"].map { "PTR \(label).\($0).shop.svc" }.joined(separator: ", ")
            #expect(try server.ask(owner, .ptr).summary == want)
        }
    }

    @Test func whatIsNoAddress() throws {
        let server = try zone("service web.shop 10.244.3.4 fd00::1 http:80")
        let answers = try AnswerTable(
            """
            PTR 3.244.10.in-addr.arpa. -> NODATA
            ANY 3.244.10.in-addr.arpa. -> NODATA
            PTR 2.244.10.in-addr.arpa. -> NXDOMAIN
            PTR 04.3.244.10.in-addr.arpa. -> NXDOMAIN
            PTR 260.3.244.10.in-addr.arpa. -> NXDOMAIN
            PTR 4.3.244.010.in-addr.arpa. -> NXDOMAIN
            PTR 0004.3.244.10.in-addr.arpa. -> NXDOMAIN
            PTR a.3.244.10.in-addr.arpa. -> NXDOMAIN
            PTR 9.4.3.244.10.in-addr.arpa. -> NXDOMAIN
            SRV 4.3.244.10.in-addr.arpa. -> NODATA
            PTR d.f.ip6.arpa. -> NODATA
            PTR D.F.IP6.ARPA. -> NODATA
            PTR 0.d.f.ip6.arpa. -> NODATA
            PTR e.f.ip6.arpa. -> NXDOMAIN
            PTR fd.ip6.arpa. -> NXDOMAIN
            PTR g.ip6.arpa. -> NXDOMAIN
            """)
        #expect(answers.differences(server) == [])
    }
}
