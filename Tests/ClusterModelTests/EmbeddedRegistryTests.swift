import ClusterModel
import NetworkAddress
import Testing

struct EmbeddedRegistryTests {
    private static let key = Tutorial.myNginx.key

    private static func addresses(_ registry: EmbeddedRegistry) -> [String] {
        registry.snapshot.slices(of: key).flatMap(\.endpoints).flatMap(\.addresses).map(\.description)
    }

    @Test func aPodThatDiesLeavesAndItsReplacementJoins() throws {
        var registry = Tutorial.registry()
        let update = registry.apply([
            .removed(.pod, Tutorial.pods[0].key), .removed(.pod, Tutorial.pods[1].key),
            .upserted(.pod(Tutorial.pod("my-nginx-3800858182-e9ihh", ["10.244.2.7"]))),
            .upserted(.pod(Tutorial.pod("my-nginx-3800858182-j4rm4", ["10.244.3.8"]))),
        ])
        #expect(Set(update.delta.services.keys) == [Self.key])
        #expect(Self.addresses(registry) == ["10.244.2.7", "10.244.3.8"])
        #expect(registry.snapshot.slices(of: Self.key).map(\.metadata.name) == ["my-nginx-7vzhx"])
        #expect(!update.hasNewAssignments)
    }

    @Test func theAddressStaysWhileTheServiceExists() {
        var registry = Tutorial.registry()
        var edited = Tutorial.myNginx
        edited.ports = [
            ServicePort(name: "http", port: 8080, targetPort: .number(80)), ServicePort(name: "https", port: 443),
        ]
        _ = registry.apply([.upserted(.service(edited))])
        #expect(registry.snapshot.services[Self.key]?.clusterIPs == [Tutorial.address("10.0.162.149")])
        let gone = registry.apply([.removed(.service, Self.key)])
        #expect(registry.assignments.isEmpty && gone.hasNewAssignments)
        #expect(registry.snapshot.endpointSlices.isEmpty)
    }

    @Test func slicesInTheRegistryAreNotDerivedBeside() {
        var registry = Tutorial.registry()
        let manual = EndpointSlice(
            metadata: ObjectMetadata(name: "by-hand", labels: [EndpointSlice.serviceNameLabel: "my-nginx"]),
            addressType: .ipv4, endpoints: [Endpoint(addresses: [Tutorial.address("192.0.2.9")])])
        _ = registry.apply([.upserted(.endpointSlice(manual))])
        #expect(Self.addresses(registry) == ["192.0.2.9"])
        _ = registry.apply([.removed(.endpointSlice, manual.key)])
        #expect(Self.addresses(registry) == ["10.244.2.5", "10.244.3.4"])
    }

    @Test func aListOfSlicesDoesNotSweepDerivedOnes() {
        var registry = Tutorial.registry()
        let update = registry.apply([.replaced(.endpointSlice, [], resourceVersion: "")])
        #expect(update.delta.isEmpty)
        #expect(Self.addresses(registry) == ["10.244.2.5", "10.244.3.4"])
    }

    @Test func selectorsAndLabelsAreFollowed() {
        var registry = Tutorial.registry()
        var canary = Tutorial.pods[0]
        canary.metadata.labels = ["run": "canary"]
        _ = registry.apply([.upserted(.pod(canary))])
        #expect(Self.addresses(registry) == ["10.244.2.5"])
        var service = Tutorial.myNginx
        service.selector = ["run": "canary"]
        _ = registry.apply([.upserted(.service(service))])
        #expect(Self.addresses(registry) == ["10.244.3.4"])
        service.selector = [:]
        _ = registry.apply([.upserted(.service(service))])
        #expect(Self.addresses(registry).isEmpty)
    }

    @Test func aCompleteListKeepsAddressesAndSaysWhatChanged() {
        var registry = Tutorial.registry()
        let same = registry.apply([
            .replaced(
                .service, [Tutorial.kubernetes, Tutorial.kubeDNS, Tutorial.myNginx].map { .service($0) },
                resourceVersion: "")
        ])
        #expect(same.delta.isEmpty && !same.hasNewAssignments)
        let fewer = registry.apply([.replaced(.service, [.service(Tutorial.kubernetes)], resourceVersion: "")])
        #expect(Set(fewer.delta.services.keys) == [Tutorial.kubeDNS.key, Self.key])
        #expect(registry.assignments.isEmpty)
    }

    @Test func aDisplacedServiceIsInTheDelta() {
        var registry = Tutorial.registry()
        let update = registry.apply([.upserted(.service(Tutorial.service("late", ["10.0.162.149"])))])
        #expect(Set(update.delta.services.keys.map(\.name)) == ["late", "my-nginx"])
        #expect(update.findings.map(\.reason) == [.addressMoved] && update.hasNewAssignments)
        let views = registry.store.allViews.flatMap(\.service.clusterIPs)
        #expect(Set(views).count == views.count)
    }

    @Test func assignmentsOfTheRegistryFileAreUsed() {
        var registry = EmbeddedRegistry(
            ranges: [AddressPrefix("10.0.0.0/16")].compactMap { $0 },
            assignments: [Self.key: [Tutorial.address("10.0.7.7")]])
        let update = registry.apply([.upserted(.service(Tutorial.myNginx))])
        #expect(registry.snapshot.services[Self.key]?.clusterIPs == [Tutorial.address("10.0.7.7")])
        #expect(!update.hasNewAssignments)
    }

    /// After any history the slices are those of a registry that read the last state at once.
    @Test(arguments: [21, 22, 23, 24] as [UInt64]) func theHistoryMakesNoDifference(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var registry = EmbeddedRegistry(ranges: [])
        var (services, pods): ([ObjectKey: Service], [ObjectKey: Pod]) = ([:], [:])
        func label() -> String { ["a", "b", "c"].randomElement(using: &random) ?? "a" }
        for _ in 0..<400 {
            let name = "n\(Int.random(in: 0..<8, using: &random))"
            let key = ObjectKey(namespace: "default", name: name)
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                services[key] = nil
                _ = registry.apply([.removed(.service, key)])
            case 1:
                pods[key] = nil
                _ = registry.apply([.removed(.pod, key)])
            case 2:
                let service = Tutorial.service(name, ["10.0.0.1\(name.dropFirst())"], selector: ["run": label()])
                services[key] = service
                _ = registry.apply([.upserted(.service(service))])
            default:
                let pod = Tutorial.pod(
                    name, ["10.244.0.1\(name.dropFirst())"], labels: ["run": label(), "tier": label()])
                pods[key] = pod
                _ = registry.apply([.upserted(.pod(pod))])
            }
        }
        var fresh = EmbeddedRegistry(ranges: [])
        _ = fresh.apply(services.values.map { .upserted(.service($0)) } + pods.values.map { .upserted(.pod($0)) })
        #expect(registry.store.allViews == fresh.store.allViews)
        #expect(registry.snapshot.endpointSlices == fresh.snapshot.endpointSlices)
    }
}
