import ClusterModel
import NetworkAddress
import Testing

struct EndpointListTests {
    @Test(arguments: [1, 2, 3] as [UInt64]) func isASequenceOfItsEndpoints(_ seed: UInt64) {
        var objects = RandomObjects(seed: seed)
        for _ in 0..<300 {
            let endpoints = objects.list { $0.endpoint() } + objects.list { $0.endpoint() }
            let list = EndpointList(endpoints)
            #expect(Array(list) == endpoints && list.count == endpoints.count && list.isEmpty == endpoints.isEmpty)
            #expect(list.first == endpoints.first && list.indices.map { list[$0] } == endpoints)
            #expect(list == EndpointList(endpoints) && list.hashValue == EndpointList(endpoints).hashValue)
            #expect(list != EndpointList(endpoints + [Endpoint(addresses: [])]))
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func isReadInPlaceAsAltogether(_ seed: UInt64) {
        var objects = RandomObjects(seed: seed)
        let endpoints = (0..<300).map { _ in objects.endpoint() }
        for (packed, endpoint) in zip(EndpointList(endpoints).packed, endpoints) {
            #expect(packed.endpoint == endpoint && packed.isPublished == endpoint.isPublished)
            #expect(
                [packed.ready, packed.serving, packed.terminating] == [
                    endpoint.ready, endpoint.serving, endpoint.terminating,
                ])
            #expect(
                Array(packed.addresses) == endpoint.addresses && packed.addresses.isEmpty == endpoint.addresses.isEmpty)
            #expect(Array(packed.hostname) == Array(endpoint.hostname.utf8))
            #expect(Array(packed.targetName) == Array((endpoint.target?.name ?? "").utf8))
        }
    }

    @Test func keepsRepeatedNamesOnce() {
        let size = { (nodes: Int) in
            let endpoints = (0..<100).map { number in
                Endpoint(
                    addresses: [Tutorial.address("10.0.0.1")], nodeName: "a-rather-long-node-name-\(number % nodes)")
            }
            let slice = EndpointSlice(metadata: ObjectMetadata(name: "web"), addressType: .ipv4, endpoints: endpoints)
            return ClusterObject.endpointSlice(slice).encode().count
        }
        #expect(size(1) < 900)
        #expect(size(100) > 2500)
    }
}
