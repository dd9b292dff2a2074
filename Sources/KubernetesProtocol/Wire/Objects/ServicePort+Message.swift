import ClusterModel
import SwiftProtobuf

extension ServicePort {
    /// Reads `spec.ports` of a Service or ServiceImport.
    ///
    /// Throws for a port outside 1-65535, and for two ports with one name or with one number and protocol.
    static func list(_ messages: [WireServicePort]) throws(FieldError) -> [ServicePort] {
        var ports: [ServicePort] = []
        ports.reserveCapacity(messages.count)
        var names = Set<String>()
        var numbers: [TransportProtocol: Set<UInt16>] = [:]
        for (index, message) in messages.enumerated() {
            let port = try ServicePort(message, index)
            guard port.name.isEmpty || names.insert(port.name).inserted else {
                throw FieldError(
                    "spec.ports[\(index)]", "repeats the port name \(port.name.quoted); rename one of the two")
            }
            guard numbers[port.transport, default: []].insert(port.port).inserted else {
                let text = "\(port.port)/\(port.transport.rawValue)"
                throw FieldError("spec.ports[\(index)]", "repeats port \(text); remove one of the two")
            }
            ports.append(port)
        }
        return ports
    }

    private init(_ message: WireServicePort, _ index: Int) throws(FieldError) {
        guard message.hasPort else {
            throw FieldError("spec.ports[\(index)]", "has no port; add a number in 1-65535")
        }
        self.init(
            transport: try FieldRules.transport(message.protocol, "spec.ports[\(index)].protocol"),
            port: try FieldRules.port(message.port, "spec.ports[\(index)].port"))
        if !message.name.isEmpty { name = try FieldRules.label(message.name, "spec.ports[\(index)].name") }
        targetPort = try Self.target(message, "spec.ports[\(index)].targetPort")
        if message.nodePort != 0 {
            nodePort = try FieldRules.port(message.nodePort, "spec.ports[\(index)].nodePort")
        }
    }

    /// A number or a container port's name; absent, 0 and "" mean the Service's own port.
    private static func target(
        _ message: WireServicePort, _ path: @autoclosure () -> String
    ) throws(FieldError) -> TargetPort? {
        let target = message.targetPort
        if target.type == 0 {
            return target.intVal == 0 ? nil : .number(try FieldRules.port(target.intVal, path()))
        }
        return target.strVal.isEmpty ? nil : .name(try FieldRules.portName(target.strVal, path()))
    }
}

extension WireServiceSpec {
    /// Takes over what JSON says of the target ports.
    mutating func take(_ targets: WireTargetPortsSpec) throws(FieldError) {
        for (index, port) in zip(ports.indices, targets.ports) {
            switch port.targetPort.kind {
            case nil: continue
            case .stringValue(let text):
                ports[index].targetPort.type = 1
                ports[index].targetPort.strVal = text
            case .numberValue(let value):
                guard let number = Int32(exactly: value) else {
                    throw FieldError(
                        "spec.ports[\(index)].targetPort", "is \(value), which is no port; choose one in 1-65535")
                }
                ports[index].targetPort.intVal = number
            default:
                throw FieldError(
                    "spec.ports[\(index)].targetPort", "must be a number or a port's name; write one of the two")
            }
        }
    }
}

extension ServiceImport {
    private static let kinds: [Kind] = [.clusterSetIP, .headless]

    /// Takes a `ServiceImport` (multicluster.x-k8s.io/v1alpha1); where it is headless, its addresses say nothing.
    init(_ input: ObjectInput, _ metadata: ObjectMetadata) throws(FieldError) {
        let spec = try input.message(WireServiceImport.self).spec
        let kind = try FieldRules.choice(spec.type, "spec.type", of: Self.kinds, empty: .clusterSetIP)
        self.init(metadata: metadata, kind: kind, ports: try ServicePort.list(spec.ports))
        for (index, text) in spec.ips.enumerated() where kind == .clusterSetIP {
            ips.append(try FieldRules.address(text, "spec.ips[\(index)]"))
        }
    }
}
