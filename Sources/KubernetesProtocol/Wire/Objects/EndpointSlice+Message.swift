import ClusterModel
import SwiftProtobuf

extension EndpointSlice {
    private static let addressTypes: [AddressType] = [.ipv4, .ipv6, .fqdn]

    /// Reads an `EndpointSlice` (discovery.k8s.io/v1) by the API server's rules (pkg/apis/discovery/validation).
    init(_ input: ObjectInput, _ metadata: ObjectMetadata, keeping: KeptFields) throws(FieldError) {
        let input = try input.asProtobuf()
        let head = try input.message(WireEndpointSliceHead.self)
        guard !head.addressType.isEmpty else {
            throw FieldError("", "has no addressType; add IPv4, IPv6 or FQDN")
        }
        let type = try FieldRules.choice(head.addressType, "addressType", of: Self.addressTypes, empty: .ipv4)
        var reader = EndpointReader(type, keeping: keeping)
        self.init(metadata: metadata, addressType: type, endpoints: try reader.read(input.octets.span))
        var names = Set<String>()
        for (index, message) in head.ports.enumerated() {
            guard let port = try EndpointPort(message, "ports[\(index)]") else { continue }
            guard names.insert(port.name).inserted else {
                throw FieldError("ports[\(index)]", "repeats the port name \(port.name.quoted); rename one of the two")
            }
            ports.append(port)
        }
    }
}

extension EndpointPort {
    /// nil for a port without a number, which stands for every port and so has no SRV record.
    fileprivate init?(_ message: WireEndpointPort, _ path: String) throws(FieldError) {
        guard message.hasPort else { return nil }
        self.init(
            name: message.name.isEmpty ? "" : try FieldRules.label(message.name, "\(path).name"),
            transport: try FieldRules.transport(message.protocol, "\(path).protocol"),
            port: try FieldRules.port(message.port, "\(path).port"))
    }
}

extension ObjectInput {
    /// The same slice as protobuf, so that its endpoints are read in one way only.
    fileprivate func asProtobuf() throws(FieldError) -> ObjectInput {
        guard encoding == .json else { return self }
        let slice = try message(WireEndpointSlice.self)
        guard let octets: [UInt8] = try? slice.serializedBytes() else {
            throw FieldError("", "has more endpoints than a message can hold; use several slices")
        }
        return ObjectInput(octets: octets[...], encoding: .protobuf)
    }
}
