extension OctetWriter {
    mutating func endpointSlice(_ slice: EndpointSlice) {
        octet(OctetCodes.code(of: slice.addressType, in: OctetCodes.addressTypes))
        list(slice.ports) { $0.endpointPort($1) }
        count(slice.endpoints.count)
        append(slice.endpoints.octets)
    }
}

extension OctetReader {
    /// The endpoints are the rest of the octets, which the slice shares and does not copy.
    mutating func endpointSlice(_ metadata: ObjectMetadata) throws(ObjectCodingError) -> EndpointSlice {
        let type = try word(try octet(), in: OctetCodes.addressTypes)
        let ports = try list { (reader) throws(ObjectCodingError) in try reader.endpointPort() }
        let count = try count()
        let endpoints = try EndpointList(checking: octets[try skip(octets.endIndex - place)], count: count)
        return EndpointSlice(metadata: metadata, addressType: type, endpoints: endpoints, ports: ports)
    }
}
