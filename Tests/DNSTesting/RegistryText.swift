package import ClusterModel
import NetworkAddress

/// Reads registry objects from lines, so that a test shows its registry at a glance.
///
///     namespace shop team=a
///     service   web.shop 10.0.0.1 fd00::1 http:80 dns:53/udp :9000 team=a
///     headless  db.shop pg:5432
///     external  ext.shop www.example.com
///     slice     db.shop/a pg:5432 10.244.0.1 host=db-0 pod=db-0-x 10.244.0.2 ready=no
///     fqdn      db.shop/b www.example.com
///     pod       p.shop 10.244.0.9 phase=Failed
///
/// Words: addresses, ports as `name:number/protocol`, settings as `key=value`. A setting of a slice belongs to the address
/// before it. `host`, `pod`, `ready`, `phase` have a meaning, and `ext` and `lb` with a Service, each with what it is reached
/// at from outside, by commas; any other key is a label.
package enum RegistryText {
    package struct Unreadable: Error { var line: String }

    package static func changes(_ text: String) throws -> [ClusterChange] {
        try text.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }.map { line in
            guard let object = object(String(line)) else { throw Unreadable(line: String(line)) }
            return .upserted(object)
        }
    }

    package static func object(_ line: String) -> ClusterObject? {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count >= 2 else { return nil }
        let line = Words(name: words[1], rest: Array(words.dropFirst(2)))
        switch words[0] {
        case "namespace":
            return .namespace(Namespace(metadata: .init(name: words[1], namespace: "", labels: line.labels)))
        case "service":
            return .service(
                line.reached(Service(metadata: line.metadata, clusterIPs: line.addresses, ports: line.ports)))
        case "headless":
            return .service(line.reached(Service(metadata: line.metadata, isHeadless: true, ports: line.ports)))
        case "external":
            return .service(
                line.reached(
                    Service(
                        metadata: line.metadata, type: .externalName, externalName: line.rest.first ?? "",
                        ports: line.ports)))
        case "slice": return .endpointSlice(line.slice)
        case "fqdn": return .endpointSlice(line.hostNameSlice)
        case "pod":
            let phase = line.settings["phase"].flatMap(PodPhase.init) ?? .running
            return .pod(Pod(metadata: line.metadata, phase: phase, podIPs: line.addresses))
        default: return nil
        }
    }
}

/// The words of one line behind its kind.
private struct Words {
    var name: String
    var rest: [String]

    private static let meanings: Set = ["host", "pod", "ready", "phase", "ext", "lb"]

    /// `name.namespace`, or `service.namespace/slice`.
    var metadata: ObjectMetadata {
        let parts = name.split(separator: "/")[0].split(separator: ".").map(String.init)
        return ObjectMetadata(name: parts[0], namespace: parts.count > 1 ? parts[1] : "default", labels: labels)
    }

    /// The Service with its addresses outside the cluster.
    func reached(_ service: Service) -> Service {
        var service = service
        service.externalIPs = settings["ext"]?.split(separator: ",").map(String.init) ?? []
        service.loadBalancerIngress = settings["lb"]?.split(separator: ",").map(String.init) ?? []
        return service
    }

    var addresses: [IPAddress] { rest.compactMap { IPAddress($0) } }

    var settings: [String: String] {
        let pairs = rest.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
        return Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
    }

    var labels: [String: String] { settings.filter { !Self.meanings.contains($0.key) } }

    var ports: [ServicePort] {
        rest.filter { IPAddress($0) == nil && $0.contains(":") }.compactMap { word in
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            let tail = parts[1].split(separator: "/")
            let transport = tail.count > 1 ? TransportProtocol(rawValue: tail[1].uppercased()) : .tcp
            guard let number = UInt16(tail[0]), let transport else { return nil }
            return ServicePort(name: String(parts[0]), transport: transport, port: number)
        }
    }

    var slice: EndpointSlice {
        var endpoints: [Endpoint] = []
        for word in rest {
            if let address = IPAddress(word) { endpoints.append(Endpoint(addresses: [address])) }
            let parts = word.split(separator: "=").map(String.init)
            guard parts.count == 2, !endpoints.isEmpty else { continue }
            let last = endpoints.count - 1
            switch parts[0] {
            case "host": endpoints[last].hostname = parts[1]
            case "pod":
                endpoints[last].target = .init(kind: "Pod", namespace: metadata.namespace, name: parts[1])
            case "ready": endpoints[last].ready = parts[1] == "yes"
            default: break
            }
        }
        let isIPv6 = endpoints.first?.addresses.first?.family == .ipv6
        return slice(isIPv6 ? .ipv6 : .ipv4, endpoints)
    }

    var hostNameSlice: EndpointSlice { slice(.fqdn, [Endpoint(addresses: [], hostNames: rest)]) }

    private func slice(_ type: EndpointSlice.AddressType, _ endpoints: [Endpoint]) -> EndpointSlice {
        var own = metadata
        let service = own.name
        own.name += "-" + (name.split(separator: "/").dropFirst().first ?? "a")
        own.labels[EndpointSlice.serviceNameLabel] = own.labels["orphan"] == nil ? service : nil
        return EndpointSlice(
            metadata: own, addressType: type, endpoints: endpoints,
            ports: ports.map { EndpointPort(name: $0.name, transport: $0.transport, port: $0.port) })
    }
}
