import ClusterModel
import NetworkAddress

/// Reads the endpoints of a slice from its octets, one by one: a slice is never held as a tree of messages.
///
/// A slice may have a thousand endpoints, and this takes a fraction of the time of generated code. The numbers are those
/// of `EndpointSlice` and `Endpoint` in kubernetes.proto.
struct EndpointReader {
    private static let addressCountMax = 100

    private let type: EndpointSlice.AddressType
    private let keepsTargets: Bool
    private let keepsNodeNames: Bool
    private var builder = EndpointListBuilder()
    /// Of the endpoint being read.
    private var index = 0

    init(_ type: EndpointSlice.AddressType, keeping: KeptFields) {
        self.type = type
        keepsTargets = keeping.contains(.targets)
        keepsNodeNames = keeping.contains(.details)
    }

    /// The endpoints of the slice in `octets`; throws for the first that the API server would not accept.
    mutating func read(_ octets: Span<UInt8>) throws(FieldError) -> EndpointList {
        var fields = ProtobufFields(0..<octets.count)
        while let field = try next(&fields, octets) {
            guard field.number == 2, case .octets(let range) = field.value else { continue }
            builder.append(try endpoint(octets, range))
            index += 1
        }
        return builder.list
    }

    private func endpoint(_ octets: Span<UInt8>, _ range: Range<Int>) throws(FieldError) -> Endpoint {
        var endpoint = Endpoint(addresses: [])
        var fields = ProtobufFields(range)
        while let field = try next(&fields, octets) {
            guard case .octets(let range) = field.value else { continue }
            switch field.number {
            case 1: try add(octets.extracting(range), to: &endpoint)
            case 2: try readConditions(octets, range, &endpoint)
            case 3 where !range.isEmpty:
                endpoint.hostname = try FieldRules.label(text(octets, range), "\(path).hostname")
            case 4 where keepsTargets: endpoint.target = try target(octets, range)
            case 6 where keepsNodeNames: endpoint.nodeName = try text(octets, range)
            default: break
            }
        }
        let count = endpoint.addresses.count + endpoint.hostNames.count
        guard (1...Self.addressCountMax).contains(count) else {
            throw FieldError(path, "has \(count) addresses; an endpoint has 1 to \(Self.addressCountMax)")
        }
        return endpoint
    }

    private func add(_ octets: Span<UInt8>, to endpoint: inout Endpoint) throws(FieldError) {
        if type == .fqdn {
            let path = "\(path).addresses[\(endpoint.hostNames.count)]"
            endpoint.hostNames.append(try FieldRules.hostName(text(octets, 0..<octets.count), path))
            return
        }
        guard let address = IPAddress(utf8: octets) else {
            let text = try text(octets, 0..<octets.count)
            throw FieldError(
                "\(path).addresses[\(endpoint.addresses.count)]",
                "\(text.quoted) is not an IP address; write IPv4 or IPv6 text")
        }
        guard address.family.rawValue == type.rawValue else {
            throw FieldError(
                "\(path).addresses[\(endpoint.addresses.count)]",
                "\(address) is not \(type.rawValue); put it in a slice of its own address type")
        }
        endpoint.addresses.append(address)
    }

    private func readConditions(
        _ octets: Span<UInt8>, _ range: Range<Int>, _ endpoint: inout Endpoint
    ) throws(FieldError) {
        var fields = ProtobufFields(range)
        while let field = try next(&fields, octets) {
            guard case .number(let value) = field.value else { continue }
            switch field.number {
            case 1: endpoint.ready = value != 0
            case 2: endpoint.serving = value != 0
            case 3: endpoint.terminating = value != 0
            default: break
            }
        }
    }

    private func target(_ octets: Span<UInt8>, _ range: Range<Int>) throws(FieldError) -> TargetReference {
        var target = TargetReference(kind: "", namespace: "", name: "")
        var fields = ProtobufFields(range)
        while let field = try next(&fields, octets) {
            guard case .octets(let range) = field.value else { continue }
            switch field.number {
            case 1: target.kind = try text(octets, range)
            case 2: target.namespace = try text(octets, range)
            case 3: target.name = try text(octets, range)
            default: break
            }
        }
        return target
    }

    private var path: String { "endpoints[\(index)]" }

    private func next(_ fields: inout ProtobufFields, _ octets: Span<UInt8>) throws(FieldError) -> ProtobufField? {
        do { return try fields.next(octets) } catch { throw FieldError(path, "is no message; write the slice again") }
    }

    private func text(_ octets: Span<UInt8>, _ range: Range<Int>) throws(FieldError) -> String {
        guard let text = String(utf8: octets.extracting(range)) else {
            throw FieldError(path, "holds text that is not UTF-8; write the slice again")
        }
        return text
    }
}
