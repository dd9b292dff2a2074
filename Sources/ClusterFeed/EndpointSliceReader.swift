import ClusterModel
import KubernetesProtocol
import NetworkAddress

/// Reads an `EndpointSlice` (discovery.k8s.io/v1) as the API server accepts it.
struct EndpointSliceReader {
    var metadata: MetadataReader

    func slice(_ object: ManifestValue) throws(FieldError) -> EndpointSlice {
        guard let type = try object.member("addressType") else {
            throw FieldError(object, "has no addressType; add IPv4, IPv6 or FQDN")
        }
        let known: [EndpointSlice.AddressType] = [.ipv4, .ipv6, .fqdn]
        var slice = EndpointSlice(
            metadata: try metadata.metadata(of: object), addressType: try type.choice(of: known))
        var endpoints = EndpointListBuilder()
        for value in try object.elements("endpoints") { endpoints.append(try endpoint(value, slice.addressType)) }
        slice.endpoints = endpoints.list
        for value in try object.elements("ports") {
            guard let port = try Self.port(value) else { continue }
            if slice.ports.contains(where: { $0.name == port.name }) {
                throw FieldError(value, "repeats the port name \(port.name.quoted); rename one of the two")
            }
            slice.ports.append(port)
        }
        return slice
    }

    /// nil for a port without a number, which stands for every port and so has no SRV record.
    static func port(_ value: ManifestValue) throws(FieldError) -> EndpointPort? {
        guard let number = try value.member("port") else { return nil }
        let name = try value.member("name")
        let isNamed = try name?.string().isEmpty == false
        return EndpointPort(
            name: isNamed ? try name?.label() ?? "" : "", transport: try value.transport(), port: try number.port())
    }

    private func endpoint(
        _ value: ManifestValue, _ type: EndpointSlice.AddressType
    ) throws(FieldError) -> Endpoint {
        var endpoint = Endpoint(addresses: [])
        let addresses = try value.elements("addresses")
        guard (1...100).contains(addresses.count) else {
            throw FieldError(value, "has \(addresses.count) addresses; an endpoint has 1 to 100")
        }
        for address in addresses { try add(address, type, to: &endpoint) }
        let conditions = try value.member("conditions")
        endpoint.ready = try conditions?.bool("ready")
        endpoint.serving = try conditions?.bool("serving")
        endpoint.terminating = try conditions?.bool("terminating")
        try value.readHost(&endpoint)
        return endpoint
    }

    private func add(
        _ value: ManifestValue, _ type: EndpointSlice.AddressType, to endpoint: inout Endpoint
    ) throws(FieldError) {
        if type == .fqdn {
            endpoint.hostNames.append(try value.name("a host name", where: NameRules.isHostName))
            return
        }
        let address = try value.address()
        guard address.family.rawValue == type.rawValue else {
            throw FieldError(value, "\(address) is not \(type.rawValue); put it in a slice of its own address type")
        }
        endpoint.addresses.append(address)
    }
}

extension ManifestValue {
    /// What EndpointSlice and Endpoints say alike about one endpoint.
    func readHost(_ endpoint: inout Endpoint) throws(FieldError) {
        if let name = try member("hostname"), try name.string() != "" { endpoint.hostname = try name.label() }
        endpoint.nodeName = try string("nodeName") ?? ""
        guard let target = try member("targetRef") else { return }
        endpoint.target = TargetReference(
            kind: try target.string("kind") ?? "", namespace: try target.string("namespace") ?? "",
            name: try target.string("name") ?? "")
    }
}
