/// The first octet of a port: the transport (two bits), and which fields follow its number.
private struct PortFields: OptionSet {
    let rawValue: UInt8
    static let name = PortFields(rawValue: 4)
    static let targetNumber = PortFields(rawValue: 8)
    static let targetName = PortFields(rawValue: 16)
    static let nodePort = PortFields(rawValue: 32)
    static let transport = PortFields(rawValue: 3)
    static let onlyName: PortFields = [.transport, .name]
    static let known = PortFields(rawValue: 63)
}

extension OctetWriter {
    mutating func servicePort(_ port: ServicePort) {
        var fields: PortFields = []
        switch port.targetPort {
        case nil: break
        case .number: fields.insert(.targetNumber)
        case .name: fields.insert(.targetName)
        }
        if port.nodePort != nil { fields.insert(.nodePort) }
        self.port(port.port, port.transport, port.name, fields)
        switch port.targetPort {
        case nil: break
        case .number(let number): self.port(number)
        case .name(let name): text(name)
        }
        if let nodePort = port.nodePort { self.port(nodePort) }
    }

    mutating func endpointPort(_ port: EndpointPort) { self.port(port.port, port.transport, port.name, []) }

    mutating func containerPort(_ port: ContainerPort) { self.port(port.port, port.transport, port.name, []) }

    private mutating func port(_ port: UInt16, _ transport: TransportProtocol, _ name: String, _ fields: PortFields) {
        let name = (text: name, fields: name.isEmpty ? [] : PortFields.name)
        octet(OctetCodes.code(of: transport, in: OctetCodes.transports) | fields.union(name.fields).rawValue)
        self.port(port)
        if !name.text.isEmpty { text(name.text) }
    }
}

extension OctetReader {
    mutating func servicePort() throws(ObjectCodingError) -> ServicePort {
        let (fields, port) = try port(.known)
        var servicePort = ServicePort(name: port.name, transport: port.transport, port: port.port)
        switch (fields.contains(.targetNumber), fields.contains(.targetName)) {
        case (false, false): break
        case (true, false): servicePort.targetPort = .number(try self.port())
        case (false, true): servicePort.targetPort = .name(try text())
        case (true, true): throw error(.badValue)
        }
        if fields.contains(.nodePort) { servicePort.nodePort = try self.port() }
        return servicePort
    }

    mutating func endpointPort() throws(ObjectCodingError) -> EndpointPort { try port(.onlyName).port }

    mutating func containerPort() throws(ObjectCodingError) -> ContainerPort {
        let port = try port(.onlyName).port
        return ContainerPort(name: port.name, transport: port.transport, port: port.port)
    }

    private mutating func port(
        _ known: PortFields
    ) throws(ObjectCodingError) -> (fields: PortFields, port: EndpointPort) {
        let fields = try options(known)
        let transport = try word(fields.rawValue & PortFields.transport.rawValue, in: OctetCodes.transports)
        let number = try port()
        let name = fields.contains(.name) ? try text() : ""
        return (fields, EndpointPort(name: name, transport: transport, port: number))
    }
}
