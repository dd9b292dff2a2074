import ClusterModel
import NetworkAddress
import Testing

struct ClusterStoreTests {
    private static let web = ObjectKey(namespace: "default", name: "web")
    private static let api = ObjectKey(namespace: "default", name: "api")

    private static func slice(_ name: String, of service: String?, _ addresses: [String] = []) -> EndpointSlice {
        EndpointSlice(
            metadata: ObjectMetadata(
                name: name, labels: service.map { [EndpointSlice.serviceNameLabel: $0] } ?? [:]),
            addressType: .ipv4, endpoints: addresses.map { Endpoint(addresses: [Tutorial.address($0)]) })
    }

    private static func store() -> ClusterStore {
        var store = ClusterStore()
        _ = store.apply([
            .upserted(.service(Tutorial.service("web", ["10.0.0.2"]))),
            .upserted(.service(Tutorial.service("api", ["10.0.0.3"]))),
            .upserted(.endpointSlice(slice("web-b", of: "web", ["10.244.0.2"]))),
            .upserted(.endpointSlice(slice("web-a", of: "web", ["10.244.0.1"]))),
            .upserted(.pod(Tutorial.pod("web-0", ["10.244.0.1"]))),
            .upserted(.namespace(Namespace(metadata: ObjectMetadata(name: "default", namespace: "")))),
        ])
        return store
    }

    @Test func aViewIsTheServiceWithItsSlicesInNameOrder() throws {
        let view = try #require(Self.store().view(of: Self.web))
        #expect(view.slices.map(\.metadata.name) == ["web-a", "web-b"])
        #expect(Self.store().allViews.map(\.service.key) == [Self.api, Self.web])
    }

    @Test func oneEndpointTouchesOneService() throws {
        var store = Self.store()
        let delta = store.apply([.upserted(.endpointSlice(Self.slice("web-a", of: "web", ["10.244.0.9"])))])
        #expect(Set(delta.services.keys) == [Self.web])
        #expect(delta.namespaces.isEmpty && delta.pods.isEmpty)
        let change = try #require(delta.services[Self.web])
        #expect(change.before?.slices.first?.endpoints.first?.addresses == [Tutorial.address("10.244.0.1")])
        #expect(change.after?.slices.first?.endpoints.first?.addresses == [Tutorial.address("10.244.0.9")])
    }

    @Test func aSliceThatMovesTouchesBothServices() {
        var store = Self.store()
        let delta = store.apply([.upserted(.endpointSlice(Self.slice("web-a", of: "api", ["10.244.0.1"])))])
        #expect(Set(delta.services.keys) == [Self.api, Self.web])
        #expect(delta.services[Self.web]?.after?.slices.map(\.metadata.name) == ["web-b"])
        #expect(delta.services[Self.api]?.after?.slices.map(\.metadata.name) == ["web-a"])
    }

    @Test func aSliceWithoutTheLabelBelongsToNobody() {
        var store = Self.store()
        #expect(store.apply([.upserted(.endpointSlice(Self.slice("loose", of: nil, ["10.244.0.5"])))]).isEmpty)
        let delta = store.apply([.upserted(.endpointSlice(Self.slice("web-a", of: nil)))])
        #expect(delta.services[Self.web]?.after?.slices.map(\.metadata.name) == ["web-b"])
        #expect(store.snapshot.endpointSlices.count == 3)
    }

    @Test func slicesWaitForTheirService() {
        var store = ClusterStore()
        #expect(store.apply([.upserted(.endpointSlice(Self.slice("web-a", of: "web")))]).isEmpty)
        let delta = store.apply([.upserted(.service(Tutorial.service("web", ["10.0.0.2"])))])
        #expect(delta.services[Self.web]?.before == nil)
        #expect(delta.services[Self.web]?.after?.slices.count == 1)
        let gone = store.apply([.removed(.service, Self.web)])
        #expect(gone.services[Self.web]?.before?.slices.count == 1)
        #expect(gone.services[Self.web]?.after == nil)
        #expect(store.snapshot.services(inNamespace: "default").isEmpty)
    }

    @Test func whatChangesNothingIsNoDifference() {
        var store = Self.store()
        var service = Tutorial.service("web", ["10.0.0.2"])
        service.metadata.resourceVersion = "77"
        service.metadata.source = SourceLocation(file: "web.yaml", line: 3)
        let back = Self.slice("web-a", of: "web", ["10.244.0.1"])
        let delta = store.apply([
            .upserted(.service(service)), .removed(.endpointSlice, back.key), .upserted(.endpointSlice(back)),
            .upserted(.pod(Tutorial.pod("web-0", ["10.244.0.1"]))),
            .removed(.service, ObjectKey(namespace: "x", name: "y")),
        ])
        #expect(delta.isEmpty)
        #expect(store.snapshot.services[Self.web]?.metadata.resourceVersion == "77")
    }

    @Test func replacingSweepsTheOthersOfTheKind() {
        var store = Self.store()
        let delta = store.apply([
            .replaced(.service, [.service(Tutorial.service("api", ["10.0.0.3"]))], resourceVersion: "9")
        ])
        #expect(Set(delta.services.keys) == [Self.web])
        #expect(delta.services[Self.web]?.after == nil)
        #expect(store.snapshot.endpointSlices.count == 2)
        let slices = store.apply([.replaced(.endpointSlice, [], resourceVersion: "10")])
        #expect(slices.isEmpty, "the slices' Service is gone")
        #expect(store.snapshot.endpointSlices.isEmpty)
    }

    @Test func namespacesAndPodsAreReported() {
        var store = Self.store()
        let delta = store.apply([
            .replaced(
                .namespace, [.namespace(Namespace(metadata: ObjectMetadata(name: "shop", namespace: "")))],
                resourceVersion: ""),
            .removed(.pod, ObjectKey(namespace: "default", name: "web-0")),
        ])
        #expect(Set(delta.namespaces.keys) == ["default", "shop"])
        #expect(delta.namespaces["default"]?.after == nil)
        #expect(delta.pods.count == 1)
    }

    @Test func aHeldSnapshotStaysAsItWas() {
        var store = Self.store()
        let held = store.snapshot
        _ = store.apply([.removed(.service, Self.web), .replaced(.pod, [], resourceVersion: "")])
        #expect(held.services[Self.web] != nil)
        #expect(held.pods.count == 1)
        #expect(store.snapshot.pods.isEmpty)
    }

    @Test func otherKindsAreKept() {
        var store = ClusterStore()
        let workload = Workload(kind: "Deployment", metadata: ObjectMetadata(name: "web"))
        let delta = store.apply([
            .upserted(.configMap(ConfigMap(metadata: ObjectMetadata(name: "web"), data: [:]))),
            .upserted(.secret(Secret(metadata: ObjectMetadata(name: "web"), data: [:]))),
            .upserted(.workload(workload)),
        ])
        #expect(delta.isEmpty)
        for kind in [ObjectKind.configMap, .secret, .workload] {
            let keys = store.snapshot.keys(of: kind)
            #expect(keys.compactMap { store.snapshot.object(kind, $0)?.kind } == [kind])
            _ = store.apply([.replaced(kind, [], resourceVersion: "")])
            #expect(store.snapshot.keys(of: kind).isEmpty)
        }
    }

    @Test func aServiceImportHasTheSlicesWithItsLabel() throws {
        var store = Self.store()
        let imported = ServiceImport(metadata: ObjectMetadata(name: "web"), kind: .headless)
        var slice = Self.slice("imported-web", of: nil, ["10.245.0.1"])
        slice.metadata.labels = [ServiceImport.serviceNameLabel: "web"]
        let delta = store.apply([.upserted(.endpointSlice(slice)), .upserted(.serviceImport(imported))])
        #expect(delta.services.isEmpty)
        #expect(delta.serviceImports[Self.web]?.after == ServiceImportView(serviceImport: imported, slices: [slice]))
        #expect(store.snapshot.count(of: .serviceImport) == 1)
        #expect(store.view(of: Self.web)?.slices.count == 2)
        let gone = store.apply([.removed(.endpointSlice, slice.key)])
        #expect(gone.serviceImports[Self.web]?.after?.slices.isEmpty == true && gone.services.isEmpty)
    }

    @Test func aListSweepsWhatItDoesNotName() {
        var store = Self.store()
        let delta = store.apply([.retained(.service, [Self.api]), .retained(.endpointSlice, [])])
        #expect(Set(delta.services.keys) == [Self.web])
        #expect(store.snapshot.keys(of: .service) == [Self.api])
        #expect(store.snapshot.slices(of: Self.web).isEmpty)
    }

    @Test func whatWasStoredIsLoadedAsItWas() throws {
        let store = Self.store()
        var loaded = ClusterStore()
        let octets = ObjectKind.allCases.flatMap { kind in store.snapshot.packed(kind).map(\.octets) }
        loaded.load(try octets.shuffled().map { try PackedObject(octets: $0) })
        // Once more, in place of the same.
        loaded.load(try octets.map { try PackedObject(octets: $0) })
        #expect(loaded.allViews == store.allViews)
        var moved = loaded
        moved.load([PackedObject(.endpointSlice(Self.slice("web-a", of: "api")))])
        #expect(moved.view(of: Self.web)?.slices.map(\.metadata.name) == ["web-b"])
        for kind in ObjectKind.allCases { #expect(loaded.snapshot.keys(of: kind) == store.snapshot.keys(of: kind)) }
    }

    /// Whatever the changes, the views are those of a registry read at once from what is left.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func theViewsAreThoseOfAFreshRegistry(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var store = ClusterStore()
        var mirror: [ObjectKey: ServiceView] = [:]
        for _ in 0..<500 {
            let number = Int.random(in: 0..<6, using: &random)
            let service = Tutorial.service("s\(number)", ["10.0.0.\(number + 1)"])
            let owner = Bool.random(using: &random) ? "s\(Int.random(in: 0..<6, using: &random))" : nil
            let slice = Self.slice("e\(number)", of: owner, ["10.244.0.\(Int.random(in: 1..<9, using: &random))"])
            let change: ClusterChange =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .upserted(.service(service))
                case 1: .removed(.service, service.key)
                case 2: .upserted(.endpointSlice(slice))
                default: .removed(.endpointSlice, slice.key)
                }
            for (key, difference) in store.apply([change]).services {
                #expect(difference.before == mirror[key] && difference.before != difference.after)
                mirror[key] = difference.after
            }
        }
        var fresh = ClusterStore()
        let services = store.snapshot.services.values.map(ClusterObject.service)
        let slices = store.snapshot.endpointSlices.values.map(ClusterObject.endpointSlice)
        _ = fresh.apply((slices + services).map { .upserted($0) })
        #expect(store.allViews == fresh.allViews)
        #expect(store.allViews == mirror.values.sorted { $0.service.key < $1.service.key })
    }
}
