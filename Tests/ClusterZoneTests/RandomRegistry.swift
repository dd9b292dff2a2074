import ClusterModel
import DNSTesting
import NetworkAddress

/// Random changes to a registry so small that names and addresses collide all the time.
struct RandomRegistry {
    private var random: SplitMix64

    private static let namespaces = ["a", "b", "c"]
    private static let services = ["web", "db", "dns"]
    private static let labels: [[String: String]] = [[:], ["expose": "yes"], ["expose": "no"]]
    private static let clusterIPs = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "fd00::1", "10.244.0.1"]
    private static let endpointIPs = [
        "10.244.0.1", "10.244.0.2", "10.244.7.1", "fd00:244::", "fd00:244::2", "10.0.0.2",
    ]
    private static let outsideAddresses = [
        "203.0.113.1", "203.0.113.2", "2001:db8::1", "10.0.0.1", "lb.example.com", "lb-2.example.com", "nonsense..",
    ]
    private static let ports = [
        ServicePort(name: "http", port: 80), ServicePort(name: "dns", transport: .udp, port: 53),
        ServicePort(port: 9000),
    ]

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func changes() -> [ClusterChange] {
        (0..<Int.random(in: 1...6, using: &random)).map { _ in change() }
    }

    private mutating func change() -> ClusterChange {
        let kind = random.pick([
            ObjectKind.namespace, .service, .service, .endpointSlice, .endpointSlice, .pod, .serviceImport,
        ])
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .replaced(kind, (0..<4).map { _ in object(kind) }, resourceVersion: "1")
        case 1...3:
            let object = object(kind)
            return .removed(kind, object.key)
        default: return .upserted(object(kind))
        }
    }

    private mutating func object(_ kind: ObjectKind) -> ClusterObject {
        switch kind {
        case .namespace: .namespace(Namespace(metadata: metadata(random.pick(Self.namespaces), namespace: "")))
        case .service: .service(service())
        case .endpointSlice: .endpointSlice(slice())
        case .serviceImport: .serviceImport(serviceImport())
        default: .pod(pod())
        }
    }

    private mutating func metadata(_ name: String, namespace: String) -> ObjectMetadata {
        ObjectMetadata(name: name, namespace: namespace, labels: random.pick(Self.labels))
    }

    private mutating func metadata(_ names: [String]) -> ObjectMetadata {
        metadata(random.pick(names), namespace: random.pick(Self.namespaces))
    }

    private mutating func some<Element>(of list: [Element], atMost count: Int) -> [Element] {
        Array(list.shuffled(using: &random).prefix(Int.random(in: 0...count, using: &random)))
    }

    private mutating func service() -> Service {
        var service = Service(metadata: metadata(Self.services), ports: some(of: Self.ports, atMost: 3))
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            service.type = .externalName
            service.externalName = random.pick(["www.example.com", "web.a.svc.cluster.local", "192.0.2.1"])
        case 1, 2: service.isHeadless = true
        default: service.clusterIPs = some(of: Self.clusterIPs, atMost: 2).compactMap { IPAddress($0) }
        }
        if random.oneIn(3) { service.externalIPs = some(of: Self.outsideAddresses, atMost: 3) }
        if random.oneIn(3) { service.loadBalancerIngress = some(of: Self.outsideAddresses, atMost: 3) }
        return service
    }

    private mutating func serviceImport() -> ServiceImport {
        ServiceImport(
            metadata: metadata(Self.services), kind: random.pick([.clusterSetIP, .headless]),
            ips: some(of: Self.clusterIPs, atMost: 2).compactMap { IPAddress($0) },
            ports: some(of: Self.ports, atMost: 3))
    }

    private mutating func slice() -> EndpointSlice {
        var metadata = metadata(["1", "2", "3", "4"])
        if !random.oneIn(8) { metadata.labels[EndpointSlice.serviceNameLabel] = random.pick(Self.services) }
        if random.oneIn(3) {
            metadata.labels[ServiceImport.serviceNameLabel] = random.pick(Self.services)
            metadata.labels[ServiceImport.sourceClusterLabel] = random.pick(["east", "west"])
        }
        if random.oneIn(10) {
            return EndpointSlice(
                metadata: metadata, addressType: .fqdn,
                endpoints: [Endpoint(addresses: [], hostNames: ["db.example.com"])])
        }
        let endpoints = some(of: Self.endpointIPs, atMost: 3).compactMap { IPAddress($0) }.map { address in
            Endpoint(
                addresses: [address], ready: random.pick([nil, true, false]),
                hostname: random.pick(["", "", "h-0", "h-1"]),
                target: TargetReference(kind: "Pod", namespace: metadata.namespace, name: random.pick(["p-1", "p-2"])))
        }
        let ports = some(of: Self.ports, atMost: 2).map {
            EndpointPort(name: $0.name, transport: $0.transport, port: $0.port)
        }
        return EndpointSlice(metadata: metadata, addressType: .ipv4, endpoints: endpoints, ports: ports)
    }

    private mutating func pod() -> Pod {
        Pod(
            metadata: metadata(["p-1", "p-2", "p-3"]), phase: random.pick([.running, .running, .succeeded]),
            podIPs: some(of: Self.endpointIPs, atMost: 2).compactMap { IPAddress($0) })
    }
}
