import ClusterModel
import Testing

struct RegistryFilterTests {
    private static func namespace(_ name: String, _ labels: [String: String]) -> Namespace {
        Namespace(metadata: ObjectMetadata(name: name, namespace: "", labels: labels))
    }

    private static func store() -> ClusterStore {
        var web = Tutorial.service("web", in: "shop", ["10.0.0.2"])
        web.metadata.labels = ["expose": "yes"]
        let slices = [("web-a", ["expose": "yes"]), ("web-b", [:])].map { name, labels in
            let own = labels.merging([EndpointSlice.serviceNameLabel: "web"]) { first, _ in first }
            return EndpointSlice(
                metadata: ObjectMetadata(name: name, namespace: "shop", labels: own), addressType: .ipv4)
        }
        var store = ClusterStore()
        _ = store.apply(
            [
                .upserted(.namespace(namespace("shop", ["team": "a"]))), .upserted(.namespace(namespace("lab", [:]))),
                .upserted(.service(web)), .upserted(.service(Tutorial.service("api", in: "shop", ["10.0.0.3"]))),
                .upserted(.service(Tutorial.service("api", in: "lab", ["10.0.0.4"]))),
                .upserted(.service(Tutorial.service("api", in: "undeclared", ["10.0.0.5"]))),
                .upserted(.pod(Tutorial.pod("p", ["10.244.0.1"], in: "shop", labels: ["expose": "yes"]))),
            ] + slices.map { .upserted(.endpointSlice($0)) })
        return store
    }

    private static func selector(_ text: String) throws -> LabelSelector { try LabelSelector(parsing: text) }

    private static func visible(_ filter: RegistryFilter) -> [String] {
        let snapshot = store().snapshot
        return snapshot.allViews.compactMap { view in
            filter.filtered(view, namespace: snapshot.namespaces[view.service.metadata.namespace])?.service.key
                .description
        }
    }

    @Test func eachRuleLetsThroughWhatItNames() throws {
        #expect(Self.visible(RegistryFilter()) == ["lab/api", "shop/api", "shop/web"])
        #expect(Self.visible(RegistryFilter(namespaces: .named(["lab", "undeclared"]))) == ["lab/api"])
        #expect(
            Self.visible(RegistryFilter(namespaces: .labelled(try Self.selector("team=a")))) == [
                "shop/api", "shop/web",
            ])
        #expect(Self.visible(RegistryFilter(namespaces: .labelled(try Self.selector("team!=a")))) == ["lab/api"])
        #expect(Self.visible(RegistryFilter(objects: try Self.selector("expose"))) == ["shop/web"])
    }

    @Test func labelsFilterSlicesToo() throws {
        let filter = RegistryFilter(objects: try Self.selector("expose=yes"))
        let view = try #require(Self.store().view(of: ObjectKey(namespace: "shop", name: "web")))
        #expect(view.slices.count == 2)
        #expect(filter.filtered(view, namespace: Self.namespace("shop", [:]))?.slices.map(\.metadata.name) == ["web-a"])
    }

    @Test func aNamespaceThatTurnsTakesAndBringsItsObjects() throws {
        let filter = RegistryFilter(namespaces: .labelled(try Self.selector("team")))
        var store = Self.store()
        let gone = filter.filtered(
            store.apply([.upserted(.namespace(Self.namespace("shop", [:])))]), in: store.snapshot)
        #expect(Set(gone.services.keys.map(\.description)) == ["shop/api", "shop/web"])
        #expect(gone.services.values.allSatisfy { $0.before != nil && $0.after == nil })
        #expect(gone.pods.count == 1 && gone.namespaces["shop"]?.after == nil)
        let back = store.apply([
            .upserted(.namespace(Self.namespace("shop", ["team": "b"]))),
            .removed(.service, ObjectKey(namespace: "shop", name: "api")),
        ])
        let seen = filter.filtered(back, in: store.snapshot)
        #expect(seen.services.keys.map(\.description) == ["shop/web"])
        #expect(seen.services.values.allSatisfy { $0.before == nil && $0.after != nil })
    }

    @Test func aServiceThatLosesItsLabelGoes() throws {
        let filter = RegistryFilter(objects: try Self.selector("expose"))
        var store = Self.store()
        let delta = store.apply([
            .upserted(.service(Tutorial.service("web", in: "shop", ["10.0.0.2"]))),
            .upserted(.service(Tutorial.service("api", in: "lab", ["10.0.0.9"]))),
        ])
        #expect(delta.services.count == 2)
        let seen = filter.filtered(delta, in: store.snapshot)
        #expect(seen.services.keys.map(\.description) == ["shop/web"])
        #expect(seen.services.values.first?.after == nil)
    }
}
