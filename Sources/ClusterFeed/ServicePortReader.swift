import ClusterModel

/// Reads `spec.ports` of a Service.
enum ServicePortReader {
    /// Throws for a port outside 1-65535, and for two ports with one name or with one number and protocol.
    static func ports(of spec: ManifestValue) throws(FieldError) -> [ServicePort] {
        var ports: [ServicePort] = []
        for value in try spec.elements("ports") {
            let port = try port(value)
            for other in ports {
                if !port.name.isEmpty, other.name == port.name {
                    throw FieldError(value, "repeats the port name \(port.name.quoted); rename one of the two")
                }
                if other.port == port.port, other.transport == port.transport {
                    let text = "\(port.port)/\(port.transport.rawValue)"
                    throw FieldError(value, "repeats port \(text); remove one of the two")
                }
            }
            ports.append(port)
        }
        return ports
    }

    private static func port(_ value: ManifestValue) throws(FieldError) -> ServicePort {
        guard let number = try value.member("port") else {
            throw FieldError(value, "has no port; add a number in 1-65535")
        }
        var port = ServicePort(transport: try value.transport(), port: try number.port())
        if let name = try value.member("name"), try name.string() != "" { port.name = try name.label() }
        port.targetPort = try target(value)
        if let node = try value.member("nodePort"), try node.integer() != 0 { port.nodePort = try node.port() }
        return port
    }

    /// A number or a container port's name; absent, 0 and "" mean the Service's own port.
    private static func target(_ port: ManifestValue) throws(FieldError) -> TargetPort? {
        guard let value = try port.member("targetPort") else { return nil }
        if case .integer(let number) = value.kind { return number == 0 ? nil : .number(try value.port()) }
        return try value.string() == "" ? nil : .name(try value.portName())
    }
}
