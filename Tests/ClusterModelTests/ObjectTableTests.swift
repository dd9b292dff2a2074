import ClusterModel
import NetworkAddress
import Testing

struct ObjectTableTests {
    /// Enough objects for several chunks, put and removed at all places.
    @Test(arguments: [1, 2, 3] as [UInt64]) func behavesAsADictionary(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var store = ClusterStore()
        var (dictionary, held): ([ObjectKey: Service], [(ClusterSnapshot, [ObjectKey: Service])]) = ([:], [])
        for step in 0..<3000 {
            // Later fewer are put than removed, so that chunks empty.
            let isRemoval = Int.random(in: 0..<10, using: &random) < (step < 1500 ? 2 : 7)
            let key = ObjectKey(
                namespace: "n\(Int.random(in: 0..<3, using: &random))",
                name: "s\(Int.random(in: 0..<400, using: &random))")
            var service = Tutorial.service(key.name, in: key.namespace)
            service.externalName = "\(step)"
            _ = store.apply([isRemoval ? .removed(.service, key) : .upserted(.service(service))])
            dictionary[key] = isRemoval ? nil : service
            if step % 500 == 0 { held.append((store.snapshot, dictionary)) }
        }
        for (snapshot, dictionary) in held + [(store.snapshot, dictionary)] { expect(snapshot.services, dictionary) }
    }

    private func expect(_ table: ObjectTable<ObjectKey, Service>, _ dictionary: [ObjectKey: Service]) {
        #expect(table.count == dictionary.count)
        #expect(Array(table.keys) == dictionary.keys.sorted())
        #expect(Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0.value) }) == dictionary)
        #expect(Set(table.values) == Set(dictionary.values))
        #expect(dictionary.allSatisfy { table[$0.key] == $0.value })
        #expect(table[ObjectKey(namespace: "n1", name: "none")] == nil)
        for namespace in ["n0", "n1", "n2", "n", "x"] {
            let keys = dictionary.keys.filter { $0.namespace == namespace }.sorted()
            #expect(table.keys(inNamespace: namespace) == keys)
            #expect(table.values(inNamespace: namespace).map(\.key) == keys)
        }
    }

    @Test func namespacesAreFoundByNameAlone() {
        var store = ClusterStore()
        let namespace = Namespace(metadata: ObjectMetadata(name: "shop"))
        _ = store.apply([.upserted(.namespace(namespace))])
        #expect(store.snapshot.namespaces["shop"] == namespace)
        #expect(Array(store.snapshot.namespaces.keys) == ["shop"])
        #expect(store.snapshot.keys(of: .namespace) == [ObjectKey(namespace: "", name: "shop")])
        #expect(store.snapshot.object(.namespace, namespace.metadata.key) == .namespace(namespace))
        _ = store.apply([.removed(.namespace, ObjectKey(namespace: "", name: "shop"))])
        #expect(store.snapshot.namespaces.isEmpty)
    }
}
