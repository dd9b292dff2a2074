import ClusterModel
import DNSTesting
import NetworkAddress

/// Random objects with so few names and addresses that they collide all the time.
enum ObjectMaker {
    private static let namespaces = ["a", "b"]
    private static let services = ["web", "db", "dns"]
    private static let clusterIPs = addresses("10.0.0.1", "10.0.0.2", "10.0.1.1", "fd00::1")
    private static let endpointIPs = addresses("10.244.0.1", "10.244.0.2", "10.244.7.1", "fd00:244::2")
    private static let ports = [
        ServicePort(name: "http", port: 80), ServicePort(name: "dns", transport: .udp, port: 53),
    ]

    private static func addresses(_ texts: String...) -> [IPAddress] { texts.compactMap { IPAddress($0) } }

    static func object(_ kind: ObjectKind, _ random: inout SplitMix64) -> ClusterObject {
        switch kind {
        case .namespace: .namespace(Namespace(metadata: ObjectMetadata(name: random.pick(namespaces), namespace: "")))
        case .service: .service(service(&random))
        case .endpointSlice: .endpointSlice(slice(&random))
        default: .pod(pod(&random))
        }
    }

    private static func metadata(_ names: [String], _ random: inout SplitMix64) -> ObjectMetadata {
        ObjectMetadata(name: random.pick(names), namespace: random.pick(namespaces))
    }

    private static func some<Element>(_ list: [Element], _ random: inout SplitMix64) -> [Element] {
        list.filter { _ in random.oneIn(2) }
    }

    private static func service(_ random: inout SplitMix64) -> Service {
        var service = Service(metadata: metadata(services, &random), ports: some(ports, &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            service.type = .externalName
            service.externalName = "www.example.com"
        case 1, 2: service.isHeadless = true
        default: service.clusterIPs = some(clusterIPs, &random)
        }
        return service
    }

    private static func slice(_ random: inout SplitMix64) -> EndpointSlice {
        var metadata = metadata(["1", "2", "3", "4"], &random)
        if !random.oneIn(8) { metadata.labels[EndpointSlice.serviceNameLabel] = random.pick(services) }
        let endpoints = some(endpointIPs, &random).map {
            Endpoint(addresses: [$0], ready: random.pick([nil, true, false]), hostname: random.pick(["", "h-0"]))
        }
        let ports = some(ports, &random).map { EndpointPort(name: $0.name, transport: $0.transport, port: $0.port) }
        return EndpointSlice(metadata: metadata, addressType: .ipv4, endpoints: endpoints, ports: ports)
    }

    private static func pod(_ random: inout SplitMix64) -> Pod {
        Pod(
            metadata: metadata(["p-1", "p-2", "p-3"], &random), phase: random.pick([.running, .running, .succeeded]),
            podIPs: some(endpointIPs, &random))
    }
}
