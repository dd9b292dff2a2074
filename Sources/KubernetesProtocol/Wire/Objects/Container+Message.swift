import ClusterModel
import SwiftProtobuf

extension Container {
    /// Ordinary containers first, then init containers, each in the order written.
    static func list(_ spec: WirePodSpec) throws(FieldError) -> [Container] {
        var containers: [Container] = []
        for (index, message) in spec.containers.enumerated() {
            containers.append(try Container(message, "spec.containers[\(index)]"))
        }
        for (index, message) in spec.initContainers.enumerated() {
            var container = try Container(message, "spec.initContainers[\(index)]")
            container.isInit = true
            container.isRestartable = message.restartPolicy == "Always"
            containers.append(container)
        }
        return containers
    }

    private init(_ message: WireContainer, _ path: String) throws(FieldError) {
        self.init(name: try FieldRules.label(message.name, "\(path).name"))
        for (index, port) in message.ports.enumerated() {
            ports.append(try ContainerPort(port, "\(path).ports[\(index)]"))
        }
        for (index, entry) in message.env.enumerated() {
            environment.append(try EnvironmentEntry(entry, "\(path).env[\(index)]"))
        }
        environmentSources = message.envFrom.flatMap(EnvironmentSource.list)
        limits = message.resources.limits.mapValues(\.value)
        requests = message.resources.requests.mapValues(\.value)
    }
}

extension ContainerPort {
    fileprivate init(_ message: WireContainerPort, _ path: String) throws(FieldError) {
        self.init(
            transport: try FieldRules.transport(message.protocol, "\(path).protocol"),
            port: try FieldRules.port(message.containerPort, "\(path).containerPort"))
        if !message.name.isEmpty { name = try FieldRules.portName(message.name, "\(path).name") }
    }
}

extension EnvironmentEntry {
    fileprivate init(_ message: WireEnvVar, _ path: String) throws(FieldError) {
        guard !message.name.isEmpty else { throw FieldError(path, "has no name; add the variable's name") }
        let value = message.hasValueFrom ? Value(message.valueFrom) : .literal(message.value)
        guard let value else {
            throw FieldError(
                path, "names no known source; use configMapKeyRef, secretKeyRef, fieldRef or resourceFieldRef")
        }
        self.init(name: message.name, value: value)
    }
}

extension EnvironmentEntry.Value {
    fileprivate init?(_ source: WireEnvVarSource) {
        if source.hasConfigMapKeyRef {
            let key = source.configMapKeyRef
            self = .configMapKey(name: key.name.value, key: key.key, optional: key.optional)
        } else if source.hasSecretKeyRef {
            let key = source.secretKeyRef
            self = .secretKey(name: key.name.value, key: key.key, optional: key.optional)
        } else if source.hasFieldRef {
            self = .field(path: source.fieldRef.fieldPath)
        } else if source.hasResourceFieldRef {
            let field = source.resourceFieldRef
            self = .resource(
                containerName: field.containerName, resource: field.resource, divisor: field.divisor.value)
        } else {
            return nil
        }
    }
}

extension EnvironmentSource {
    /// A ConfigMap, a Secret, or (against the API's advice) both.
    fileprivate static func list(_ message: WireEnvFromSource) -> [EnvironmentSource] {
        let configMap = message.hasConfigMapRef ? [(Kind.configMap, message.configMapRef)] : []
        let secret = message.hasSecretRef ? [(Kind.secret, message.secretRef)] : []
        return (configMap + secret).map { kind, source in
            EnvironmentSource(kind: kind, name: source.name.value, prefix: message.prefix, optional: source.optional)
        }
    }
}
