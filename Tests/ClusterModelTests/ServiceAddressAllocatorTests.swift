import ClusterModel
import NetworkAddress
import Testing

struct ServiceAddressAllocatorTests {
    private static func allocator(_ ranges: String..., kept: [ObjectKey: [IPAddress]] = [:]) -> ServiceAddressAllocator
    {
        ServiceAddressAllocator(ranges: ranges.compactMap { AddressPrefix($0) }, assignments: kept)
    }

    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "default", name: name) }

    private static func dual(_ name: String, _ policy: IPFamilyPolicy?, _ families: [IPFamily] = []) -> Service {
        var service = Tutorial.service(name)
        service.ipFamilyPolicy = policy
        service.ipFamilies = families
        return service
    }

    @Test func theTutorialsServiceGetsTheTutorialsAddress() {
        var allocator = Self.allocator("10.0.0.0/16")
        let update = allocator.assign([Tutorial.kubernetes, Tutorial.kubeDNS, Tutorial.myNginx])
        #expect(allocator.assignments == [Tutorial.myNginx.key: [Tutorial.address("10.0.162.149")]])
        #expect(update.findings.isEmpty)
        #expect(allocator.completed(Tutorial.myNginx).clusterIPs == [Tutorial.address("10.0.162.149")])
        #expect(allocator.completed(Tutorial.kubernetes) == Tutorial.kubernetes)
    }

    struct FamilyRow: Sendable {
        var label: String
        var ranges: [String]
        var policy: IPFamilyPolicy?
        var families: [IPFamily] = []
        var want: [IPFamily]
        var finding: RegistryFinding.Reason?
    }

    static let both = ["10.0.0.0/16", "fd00::/108"]
    static let familyRows = [
        FamilyRow(label: "first range", ranges: both, want: [.ipv4]),
        FamilyRow(label: "first range IPv6", ranges: both.reversed(), want: [.ipv6]),
        FamilyRow(label: "single with a family", ranges: both, policy: .singleStack, families: [.ipv6], want: [.ipv6]),
        FamilyRow(label: "prefer", ranges: both, policy: .preferDualStack, want: [.ipv4, .ipv6]),
        FamilyRow(
            label: "prefer, IPv6 first", ranges: both, policy: .preferDualStack, families: [.ipv6],
            want: [.ipv6, .ipv4]),
        FamilyRow(label: "prefer with one range", ranges: ["10.0.0.0/16"], policy: .preferDualStack, want: [.ipv4]),
        FamilyRow(label: "require", ranges: both, policy: .requireDualStack, want: [.ipv4, .ipv6]),
        FamilyRow(label: "two families alone", ranges: both, families: [.ipv6, .ipv4], want: [.ipv6, .ipv4]),
        FamilyRow(
            label: "require with one range", ranges: ["10.0.0.0/16"], policy: .requireDualStack, want: [],
            finding: .addressFamilyMissing),
        FamilyRow(
            label: "a family without a range", ranges: ["10.0.0.0/16"], families: [.ipv6], want: [],
            finding: .addressFamilyMissing),
        FamilyRow(label: "no range", ranges: [], want: [], finding: .addressFamilyMissing),
    ]

    @Test(arguments: familyRows) func families(_ row: FamilyRow) {
        var allocator = ServiceAddressAllocator(ranges: row.ranges.compactMap { AddressPrefix($0) })
        let update = allocator.assign([Self.dual("web", row.policy, row.families)])
        #expect((allocator.assignments[Self.key("web")] ?? []).map(\.family) == row.want, "\(row.label)")
        #expect(update.findings.first?.reason == row.finding, "\(row.label)")
    }

    @Test func addressesAreGivenOnlyToServicesThatNeedOne() {
        var headless = Tutorial.service("headless")
        headless.isHeadless = true
        var external = Tutorial.service("external")
        external.type = .externalName
        var allocator = Self.allocator("10.0.0.0/24")
        _ = allocator.assign([headless, external, Tutorial.service("own", ["10.0.0.7"])])
        #expect(allocator.assignments.isEmpty)
    }

    @Test func theLowAddressesAreGivenLast() {
        // ipallocator: of a /24, 16 addresses stay for Services that choose their own while others are free.
        var allocator = Self.allocator("10.0.0.0/24")
        _ = allocator.assign((0..<238).map { Tutorial.service("s\($0)") })
        let octets = allocator.assignments.values.map { $0[0][octet: 3] }
        #expect(octets.min() == 17 && octets.max() == 254)
        _ = allocator.assign((0..<254).map { Tutorial.service("s\($0)") })
        #expect(Set(allocator.assignments.values.map { $0[0][octet: 3] }) == Set(1...254))
    }

    @Test func anExhaustedRangeIsSaidAndServedAgainLater() {
        var allocator = Self.allocator("10.0.0.0/30")
        let services = ["a", "b", "c"].map { Tutorial.service($0) }
        let update = allocator.assign(services)
        #expect(Set(allocator.assignments.keys) == [Self.key("a"), Self.key("b")])
        #expect(update.findings.map(\.reason) == [.addressRangeExhausted])
        #expect(update.findings.first?.object == Self.key("c"))
        #expect(update.findings.first?.message.contains("10.0.0.0/30") == true)
        let freed = allocator.update([Self.key("a"): nil])
        #expect(Set(allocator.assignments.keys) == [Self.key("b"), Self.key("c")])
        #expect(freed.findings.isEmpty && freed.changed.contains(Self.key("c")))
    }

    @Test func aSecondRangeOfTheFamilyIsUsedWhenTheFirstIsFull() {
        var allocator = Self.allocator("10.0.0.0/30", "10.0.1.0/30")
        #expect(allocator.assign((0..<4).map { Tutorial.service("s\($0)") }).findings.isEmpty)
        #expect(Set(allocator.assignments.values.flatMap(\.self)).count == 4)
    }

    @Test func assignmentsAreKeptUntilTheServiceIsDeleted() {
        let kept = [Self.key("web"): [Tutorial.address("10.0.0.99")]]
        var allocator = Self.allocator("10.0.0.0/24", kept: kept)
        _ = allocator.assign([Tutorial.service("web"), Tutorial.service("other")])
        #expect(allocator.assignments[Self.key("web")] == [Tutorial.address("10.0.0.99")])
        _ = allocator.update([Self.key("web"): Tutorial.service("web", ports: [ServicePort(port: 8080)])])
        #expect(allocator.assignments[Self.key("web")] == [Tutorial.address("10.0.0.99")])
        _ = allocator.assign([Tutorial.service("other")])
        #expect(allocator.assignments[Self.key("web")] == nil)
    }

    @Test func aPolicyChangeKeepsThePrimaryAddress() {
        var allocator = Self.allocator("10.0.0.0/24", "fd00::/112")
        _ = allocator.assign([Self.dual("web", nil)])
        let primary = allocator.assignments[Self.key("web")]
        _ = allocator.update([Self.key("web"): Self.dual("web", .preferDualStack)])
        #expect(allocator.assignments[Self.key("web")]?.map(\.family) == [.ipv4, .ipv6])
        #expect(allocator.assignments[Self.key("web")]?.first == primary?.first)
        _ = allocator.update([Self.key("web"): Self.dual("web", .singleStack)])
        #expect(allocator.assignments[Self.key("web")] == primary)
    }

    @Test func aServiceThatRequiresBothGetsBothOrNeither() {
        var allocator = Self.allocator("10.0.0.0/24", "fd00::/127")
        let update = allocator.assign(["a", "b"].map { Self.dual($0, .requireDualStack) })
        #expect(allocator.assignments.mapValues(\.count) == [Self.key("a"): 2])
        #expect(update.findings.map(\.object) == [Self.key("b")])
    }

    @Test(arguments: [["10.9.0.0/24"], ["fd00::/112"], []]) func anotherRangeMovesNobody(_ ranges: [String]) {
        let kept = [Self.key("web"): [Tutorial.address("10.0.0.99")]]
        var allocator = ServiceAddressAllocator(ranges: ranges.compactMap { AddressPrefix($0) }, assignments: kept)
        let update = allocator.assign([Self.dual("web", nil, [.ipv4])])
        #expect(allocator.assignments == kept)
        #expect(update.findings.contains { $0.reason == .addressOutsideRange })
    }

    @Test func aClaimTakesAnAssignedAddress() throws {
        var allocator = Self.allocator("10.0.0.0/24")
        _ = allocator.assign([Tutorial.service("web")])
        let address = try #require(allocator.assignments[Self.key("web")]?.first)
        let update = allocator.update([Self.key("late"): Tutorial.service("late", [address.description])])
        #expect(allocator.assignments[Self.key("web")]?.first != nil)
        #expect(allocator.assignments[Self.key("web")]?.first != address)
        #expect(update.findings.map(\.reason) == [.addressMoved])
        #expect(update.changed.contains(Self.key("web")))
        #expect(allocator.completed(Tutorial.service("late", [address.description])).clusterIPs == [address])
    }

    struct ClaimRow: Sendable {
        var label: String
        var created: [Int64?]
        var winner: String
    }

    static let claimRows = [
        ClaimRow(label: "the older", created: [20, 10], winner: "b"),
        ClaimRow(label: "by name", created: [10, 10], winner: "a"),
        ClaimRow(label: "no times", created: [nil, nil], winner: "a"),
        ClaimRow(label: "no time is oldest", created: [10, nil], winner: "b"),
    ]

    @Test(arguments: claimRows) func twoClaims(_ row: ClaimRow) {
        let services = zip(["a", "b"], row.created).map { Tutorial.service($0, ["10.0.0.9"], created: $1) }
        var allocator = Self.allocator("10.0.0.0/24")
        let update = allocator.assign(services)
        #expect(update.findings.map(\.reason) == [.addressClaimedTwice], "\(row.label)")
        for text in ["default/a", "default/b", "10.0.0.9", "default/\(row.winner) keeps"] {
            #expect(update.findings.first?.message.contains(text) == true, "\(row.label): \(text)")
        }
        for service in services {
            let has = !allocator.completed(service).clusterIPs.isEmpty
            #expect(has == (service.metadata.name == row.winner), "\(row.label)")
        }
        _ = allocator.update([Self.key(row.winner): nil])
        #expect(
            services.filter { $0.metadata.name != row.winner }.allSatisfy { allocator.completed($0) == $0 },
            "it is the loser's now")
    }

    /// Never two alike, never a claimed one, never outside, never the base or broadcast address; kept while nobody claims it.
    @Test(arguments: [11, 12, 13, 14] as [UInt64]) func theRulesHoldWhateverHappens(_ seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let ranges = ["10.0.0.0/26", "fd00::/121"].compactMap { AddressPrefix($0) }
        var allocator = ServiceAddressAllocator(ranges: ranges)
        var services: [ObjectKey: Service] = [:]
        for _ in 0..<600 {
            let name = "s\(Int.random(in: 0..<50, using: &random))"
            let before = allocator.assignments
            switch Int.random(in: 0..<8, using: &random) {
            case 0: services[Self.key(name)] = nil
            case 1:
                services[Self.key(name)] = Tutorial.service(name, ["10.0.0.\(Int.random(in: 1..<63, using: &random))"])
            case 2: services[Self.key(name)] = Self.dual(name, .preferDualStack, [.ipv6])
            default: services[Self.key(name)] = Self.dual(name, nil)
            }
            let update = allocator.update([Self.key(name): services[Self.key(name)]])
            let given = allocator.assignments.values.flatMap(\.self)
            let claimed = Set(services.values.flatMap(\.clusterIPs))
            #expect(Set(given).count == given.count)
            #expect(claimed.isDisjoint(with: given))
            #expect(given.allSatisfy { address in ranges.contains { $0.contains(address) && $0.base != address } })
            #expect(!given.contains(Tutorial.address("10.0.0.63")))
            #expect(allocator.assignments.keys.allSatisfy { services[$0]?.needsClusterIP == true })
            for (key, addresses) in allocator.assignments where !update.changed.contains(key) {
                #expect(before[key] == addresses)
            }
        }
        var restarted = ServiceAddressAllocator(ranges: ranges, assignments: allocator.assignments)
        _ = restarted.assign(services.values)
        #expect(restarted.assignments == allocator.assignments)
    }

    @Test func theOrderOfServicesMakesNoDifference() {
        var random = SeededGenerator(state: 3)
        let services = (0..<500).map { Self.dual("s\($0)", .preferDualStack) }
        var first = Self.allocator("10.0.0.0/22", "fd00::/112")
        _ = first.assign(services)
        #expect(first.assignments.count == 500)
        for _ in 0..<5 {
            var other = Self.allocator("10.0.0.0/22", "fd00::/112")
            _ = other.assign(services.shuffled(using: &random))
            #expect(other.assignments == first.assignments)
        }
    }

    @Test(arguments: ["fd00::/64", "fd00::/1", "::/0", "0.0.0.0/0"]) func wideRanges(_ range: String) {
        var allocator = Self.allocator(range)
        #expect(allocator.assign((0..<50).map { Tutorial.service("s\($0)") }).findings.isEmpty)
        #expect(Set(allocator.assignments.values.flatMap(\.self)).count == 50)
    }

    @Test func aFileThatGivesOneAddressTwiceIsPutRight() {
        let twice = [Self.key("a"): [Tutorial.address("10.0.0.9")], Self.key("b"): [Tutorial.address("10.0.0.9")]]
        var allocator = Self.allocator("10.0.0.0/24", kept: twice)
        _ = allocator.assign([Tutorial.service("a"), Tutorial.service("b")])
        #expect(allocator.assignments[Self.key("a")] == [Tutorial.address("10.0.0.9")])
        #expect(allocator.assignments[Self.key("b")].map { $0 != [Tutorial.address("10.0.0.9")] } == true)
    }
}
