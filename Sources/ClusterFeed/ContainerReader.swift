import ClusterModel

/// Reads the containers of a Pod or Pod template.
enum ContainerReader {
    /// Ordinary containers first, then init containers, each in the order written.
    static func containers(of spec: ManifestValue) throws(FieldError) -> [Container] {
        var containers: [Container] = []
        for (key, isInit) in [("containers", false), ("initContainers", true)] {
            for value in try spec.elements(key) {
                var container = try container(value)
                container.isInit = isInit
                let policy = try value.string("restartPolicy")
                container.isRestartable = isInit && policy == "Always"
                containers.append(container)
            }
        }
        return containers
    }

    private static func container(_ value: ManifestValue) throws(FieldError) -> Container {
        guard let name = try value.member("name") else {
            throw FieldError(value, "has no name; add the container's name")
        }
        var container = Container(name: try name.label())
        for port in try value.elements("ports") { container.ports.append(try Self.port(port)) }
        for entry in try value.elements("env") { container.environment.append(try EnvironmentReader.entry(entry)) }
        for source in try value.elements("envFrom") {
            container.environmentSources += try EnvironmentReader.sources(source)
        }
        let resources = try value.member("resources")
        container.limits = try resources?.quantities("limits") ?? [:]
        container.requests = try resources?.quantities("requests") ?? [:]
        return container
    }

    private static func port(_ value: ManifestValue) throws(FieldError) -> ContainerPort {
        guard let number = try value.member("containerPort") else {
            throw FieldError(value, "has no containerPort; add a number in 1-65535")
        }
        var port = ContainerPort(transport: try value.transport(), port: try number.port())
        if let name = try value.member("name"), try name.string() != "" { port.name = try name.portName() }
        return port
    }
}

extension ManifestValue {
    /// Quantities as written; the API takes them quoted or not.
    fileprivate func quantities(_ key: String) throws(FieldError) -> [String: String] {
        var quantities: [String: String] = [:]
        for entry in try entries(key) { quantities[entry.key] = try entry.value.text() }
        return quantities
    }
}
