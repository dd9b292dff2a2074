import ClusterModel
import NetworkAddress
import Testing

struct ObjectCodingTests {
    @Test(arguments: ObjectKind.allCases) func everyFieldComesBack(_ kind: ObjectKind) throws {
        var objects = RandomObjects(seed: 3)
        for _ in 0..<500 {
            let object = objects.object(kind)
            let packed = PackedObject(object)
            #expect(try ClusterObject(octets: object.encode()) == object)
            #expect(packed.object == object && packed.kind == kind && packed.octets == object.encode())
            #expect(packed.key.name == object.key.name)
            #expect(packed.key.namespace == (kind == .namespace ? "" : object.key.namespace))
        }
    }

    @Test(arguments: ObjectKind.allCases) func theContentIsAllButTheOrigin(_ kind: ObjectKind) {
        var objects = RandomObjects(seed: 4)
        for _ in 0..<200 {
            let object = objects.object(kind)
            let other = objects.object(kind)
            let packed = PackedObject(object)
            #expect(packed.hasSameContent(as: PackedObject(object.withOrigin(of: other))))
            #expect(!packed.hasSameContent(as: PackedObject(other.withOrigin(of: object))) || object.isLike(other))
        }
    }

    /// A damaged file is refused or read as some object, and no look at what was read traps.
    @Test(arguments: ObjectKind.allCases) func anyOctetsMayBeRead(_ kind: ObjectKind) throws {
        var objects = RandomObjects(seed: 5)
        var store = ClusterStore()
        var refused = 0
        for _ in 0..<2000 {
            let octets = objects.damaged(objects.object(kind).encode())
            guard let packed = try? PackedObject(octets: octets) else {
                refused += 1
                continue
            }
            #expect(try ClusterObject(octets: packed.object.encode()) == packed.object)
            #expect(packed.key.name == packed.object.key.name)
            store.load([packed])
        }
        #expect(refused > 200)
        store.snapshot.forEachView { view in
            for endpoint in view.slices.flatMap(\.endpoints.packed) { _ = Array(endpoint.addresses) }
        }
        #expect(store.snapshot.endpointSlices.values.flatMap(\.endpoints).allSatisfy { $0.addresses.count < 4 })
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var octets: [UInt8]
        var want: ObjectCodingError.Reason
        var offset: Int
    }

    /// A Namespace `a`: version and kind, no origin, its key, no other fields.
    private static let namespace: [UInt8] = [0x10, 0, 0, 1, 0x61, 0]
    /// A slice `a` up to its ports, of which it has none.
    private static let slice: [UInt8] = [0x12, 0, 0, 1, 0x61, 0, 0, 0]

    @Test(arguments: [
        Row(testDescription: "nothing", octets: [], want: .truncated, offset: 0),
        Row(
            testDescription: "a later version", octets: [0x20] + namespace.dropFirst(), want: .unknownVersion, offset: 0
        ),
        Row(testDescription: "an unknown kind", octets: [0x1F] + namespace.dropFirst(), want: .badValue, offset: 1),
        Row(testDescription: "cut short", octets: namespace.dropLast(), want: .truncated, offset: 5),
        Row(testDescription: "too long", octets: namespace + [0], want: .trailingOctets, offset: 6),
        Row(
            testDescription: "a name longer than the rest", octets: [0x10, 0, 0, 9, 0x61], want: .truncated, offset: 4),
        Row(testDescription: "a name not in UTF-8", octets: [0x10, 0, 0, 1, 0xFF, 0], want: .badText, offset: 5),
        Row(
            testDescription: "labels out of order", octets: [0x10, 0, 0, 0, 4, 2, 1, 0x62, 0, 1, 0x61, 0],
            want: .unordered, offset: 11),
        Row(
            testDescription: "a label twice", octets: [0x10, 0, 0, 0, 4, 2, 1, 0x62, 0, 1, 0x62, 0], want: .unordered,
            offset: 11),
        Row(
            testDescription: "a Namespace in a namespace", octets: [0x10, 0, 1, 0x6E, 1, 0x61, 0], want: .badValue,
            offset: 7),
        Row(
            testDescription: "a Service in two namespaces", octets: [0x11, 0, 0, 1, 0x61, 0x80, 1, 0x62, 0, 0],
            want: .badValue, offset: 6),
        Row(
            testDescription: "a node named further on", octets: slice + [1, 0x80, 4, 0x7F], want: .badValue, offset: 12),
        Row(testDescription: "both bits of a condition", octets: slice + [1, 3], want: .badValue, offset: 10),
        Row(testDescription: "an address cut short", octets: slice + [1, 0x40, 10, 0], want: .truncated, offset: 10),
        Row(
            testDescription: "a number over 64 bits", octets: [0x10] + Array(repeating: 0xFF, count: 9) + [2],
            want: .badValue, offset: 11),
    ])
    func whatIsRefused(_ row: Row) throws {
        let error = try #require(throws: ObjectCodingError.self) { try ClusterObject(octets: row.octets) }
        #expect(error.reason == row.want && error.offset == row.offset)
        #expect(error.description.hasPrefix("octet \(row.offset) of a stored object"))
        #expect(
            try ClusterObject(octets: Self.namespace)
                == .namespace(Namespace(metadata: ObjectMetadata(name: "a", namespace: ""))))
    }

    /// The figures of the issue: 10,000 Services and 100,000 endpoints in a few megabytes.
    @Test func whatAnAPIFeedKeepsIsSmall() {
        let service = Service(
            metadata: ObjectMetadata(name: "service-4711", namespace: "team-23", resourceVersion: "1234567"),
            clusterIPs: [Tutorial.address("10.96.18.103")],
            ports: [ServicePort(name: "http", port: 80), ServicePort(name: "metrics", port: 9090)])
        #expect(ClusterObject.service(service).encode().count <= 64)
        let endpoint = Endpoint(
            addresses: [Tutorial.address("10.244.3.4")], ready: true, serving: true, terminating: false)
        #expect(Self.octets(of: endpoint) <= 8)
        var named = endpoint
        named.target = TargetReference(kind: "Pod", namespace: "team-23", name: "web-3800858182-jr4a2")
        #expect(Self.octets(of: named) <= 30)
    }

    /// For each of a hundred.
    private static func octets(of endpoint: Endpoint) -> Int {
        let size = { (count: Int) in
            ClusterObject.endpointSlice(
                EndpointSlice(
                    metadata: ObjectMetadata(name: "web"), addressType: .ipv4,
                    endpoints: Array(repeating: endpoint, count: count))
            ).encode().count
        }
        return (size(100) - size(0) + 99) / 100
    }
}

extension RandomObjects {
    /// One to three octets changed, added, taken out or cut off.
    mutating func damaged(_ octets: [UInt8]) -> [UInt8] {
        var octets = octets
        for _ in 0..<number(1...3) where !octets.isEmpty {
            let place = number(0...octets.count - 1)
            switch number(0...9) {
            case 0: octets.insert(number(0 ... .max), at: place)
            case 1: octets.remove(at: place)
            case 2: octets.removeSubrange(place...)
            case 3...5: octets[place] ^= 1 << number(0...7)
            default: octets[place] = number(0 ... .max)
            }
        }
        return octets
    }
}

extension ClusterObject {
    func withOrigin(of other: ClusterObject) -> ClusterObject {
        changed { metadata in
            metadata.resourceVersion = other.metadata.resourceVersion
            metadata.source = other.metadata.source
        }
    }

    func isLike(_ other: ClusterObject) -> Bool { withOrigin(of: other) == other }

    private func changed(_ change: (inout ObjectMetadata) -> Void) -> ClusterObject {
        func changed<Object>(_ object: Object, _ metadata: WritableKeyPath<Object, ObjectMetadata>) -> Object {
            var object = object
            change(&object[keyPath: metadata])
            return object
        }
        return switch self {
        case .namespace(let object): .namespace(changed(object, \.metadata))
        case .service(let object): .service(changed(object, \.metadata))
        case .endpointSlice(let object): .endpointSlice(changed(object, \.metadata))
        case .pod(let object): .pod(changed(object, \.metadata))
        case .configMap(let object): .configMap(changed(object, \.metadata))
        case .secret(let object): .secret(changed(object, \.metadata))
        case .workload(let object): .workload(changed(object, \.metadata))
        case .serviceImport(let object): .serviceImport(changed(object, \.metadata))
        }
    }
}
