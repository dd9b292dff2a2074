import ClusterModel
import ClusterZone
import DNSTesting
import DNSWire
import DNSZone
import NetworkAddress
import Testing

/// A zone that followed the changes one by one equals the zone made from what they led to, block by block.
struct IncrementalTests {
    struct Setting: Sendable, CustomTestStringConvertible {
        var label: String
        var options: ClusterZoneOptions
        var filter: RegistryFilter

        var testDescription: String { label }
    }

    private static let historiesPerSetting = 300
    private static let batchesPerHistory = 5

    private static func options(_ change: (inout ClusterZoneOptions) -> Void = { _ in }) -> ClusterZoneOptions {
        var options = ClusterZoneOptions(
            forwardZones: ["cluster.local", "other.example"].compactMap { try? Name($0) },
            reverseZones: ["in-addr.arpa", "ip6.arpa"].compactMap { try? Name($0) }, pods: .verified,
            serverAddresses: [IPAddress(ipv4: 0x0AF4_0001)])
        change(&options)
        return options
    }

    private static let exposed = LabelSelector([.among("expose", ["yes"])])

    static let settings = [
        Setting(label: "plain", options: options(), filter: RegistryFilter()),
        Setting(
            label: "namespaces by name, Pod names",
            options: options { ($0.pods, $0.endpointPodNames) = (.insecure, true) },
            filter: RegistryFilter(namespaces: .named(["a", "b"]))),
        Setting(
            label: "namespaces by label, empty Services ignored", options: options { $0.ignoresEmptyServices = true },
            filter: RegistryFilter(namespaces: .labelled(exposed))),
        Setting(
            label: "objects by label, one family", options: options { $0.families = [.ipv4] },
            filter: RegistryFilter(objects: exposed)),
        Setting(label: "no endpoints", options: options { $0.noEndpoints = true }, filter: RegistryFilter()),
        Setting(
            label: "reverse zones inside each other",
            options: options { $0.reverseZones += ["244.10.in-addr.arpa"].compactMap { try? Name($0) } },
            filter: RegistryFilter()),
        Setting(
            label: "outside addresses",
            options: options { ($0.layout, $0.pods) = (.outside(.init(includesHeadless: true)), .disabled) },
            filter: RegistryFilter()),
        Setting(
            label: "cluster set", options: options { ($0.layout, $0.pods) = (.clusterSet, .disabled) },
            filter: RegistryFilter(objects: exposed)),
    ]

    @Test(arguments: settings) func everyHistoryEndsWhereAFreshBuildDoes(_ setting: Setting) async throws {
        for seed in 0..<UInt64(Self.historiesPerSetting) {
            // Tests that watch the clock run beside this one, on as many threads as there are cores.
            await Task.yield()
            var registry = RandomRegistry(seed: seed)
            var store = ClusterStore()
            var zone = ClusterZone(options: setting.options, serial: 1)
            for batch in 0..<Self.batchesPerHistory {
                let delta = setting.filter.filtered(store.apply(registry.changes()), in: store.snapshot)
                let before = Set(Self.records(zone).values.joined())
                let (next, change) = zone.applyingWithChange(delta, serial: UInt32(batch) + 2, isComplete: true)
                let after = Set(Self.records(next).values.joined())
                try #require(change.removed == before.subtracting(after), "seed \(seed), batch \(batch)")
                try #require(change.added == after.subtracting(before), "seed \(seed), batch \(batch)")
                zone = next
            }
            let fresh = ClusterZone(
                options: setting.options, serial: 1, snapshot: store.snapshot, filter: setting.filter)
            try #require(Self.blocks(zone) == Self.blocks(fresh), "seed \(seed)")
            try #require(Self.records(zone) == Self.records(fresh), "seed \(seed)")
        }
    }

    /// What is taken away leaves nothing behind.
    @Test(arguments: settings) func anEmptiedRegistryLeavesTheStructureAlone(_ setting: Setting) throws {
        let bare = ClusterZone(options: setting.options, serial: 1)
        for seed in 0..<100 {
            var registry = RandomRegistry(seed: UInt64(seed))
            var store = ClusterStore()
            var zone = ClusterZone(options: setting.options, serial: 1)
            let removals = ObjectKind.allCases.map { ClusterChange.replaced($0, [], resourceVersion: "9") }
            for changes in (0..<4).map({ _ in registry.changes() }) + [removals] {
                let delta = setting.filter.filtered(store.apply(changes), in: store.snapshot)
                zone = zone.applying(delta, serial: 2, isComplete: true)
            }
            try #require(Self.blocks(zone) == Self.blocks(bare), "seed \(seed)")
            try #require(Self.records(zone) == Self.records(bare), "seed \(seed)")
        }
    }

    /// A change nobody can see moves no serial (rule 11).
    @Test func serialMovesWithVisibleChangesOnly() throws {
        let filter = RegistryFilter()
        var store = ClusterStore()
        var zone = ClusterZone(options: Self.options(), serial: 1)
        let steps: [(String, UInt32)] = [
            ("namespace a", 2), ("service web.a 10.0.0.1 http:80", 3), ("service web.a 10.0.0.1 http:80 team=x", 3),
            ("service web.a 10.0.0.1 http:81", 5), ("slice web.a/1 http:80 10.244.9.9 ready=no", 5),
        ]
        for (index, step) in steps.enumerated() {
            let delta = filter.filtered(store.apply(try RegistryText.changes(step.0)), in: store.snapshot)
            zone = zone.applying(delta, serial: UInt32(index) + 2, isComplete: true)
            #expect(zone.serial == step.1, "\(step.0)")
        }
    }

    /// Everything that is answered, each record once; those of one address in their order.
    private static func records(_ zone: ClusterZone) -> [Name: [ZoneRecord]] {
        var records: [Name: [ZoneRecord]] = [:]
        zone.forEachRecord { records[$0.owner, default: []].append($0) }
        #expect(records.values.allSatisfy { Set($0).count == $0.count })
        return records
    }

    private static func blocks(_ zone: ClusterZone) -> [[UInt8]: [UInt8]] {
        var blocks: [[UInt8]: [UInt8]] = [:]
        zone.table.forEachBlock { block in
            let copy = block.copy
            blocks[Array(copy[8..<8 + block.nameOctetCount])] = copy
        }
        #expect(blocks.count == zone.table.count)
        return blocks
    }
}
