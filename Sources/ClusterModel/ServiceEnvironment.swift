import NetworkAddress

/// One variable of a container, and what it comes from.
package struct EnvironmentVariable: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        case service(ObjectKey)
        case configMap(ObjectKey)
        case secret(ObjectKey)
        /// An entry of the container's own `env:` list.
        case container
    }

    package var name: String
    package var value: String
    package var origin: Origin

    package init(name: String, value: String, origin: Origin) {
        self.name = name
        self.value = value
        self.origin = origin
    }
}

/// The variables by which a container finds Services, as kubelet makes them (pkg/kubelet/envvars).
///
/// In name order of the Services, each Service's variables in kubelet's order.
package struct ServiceEnvironment: Hashable, Sendable {
    package private(set) var variables: [EnvironmentVariable] = []
    package private(set) var findings: [RegistryFinding] = []

    /// Makes the variables of `services`; those without a clusterIP (headless, ExternalName) have none.
    ///
    /// Where two Services set one variable the first in order sets it, and a finding names both.
    package init(_ services: [Service]) {
        var owners: [String: (place: Int, service: ObjectKey)] = [:]
        for service in services.sorted(by: Self.isBefore) {
            guard let host = Self.host(of: service) else { continue }
            guard !service.ports.isEmpty else {
                findings.append(.withoutPorts(service))
                continue
            }
            var clashes: [(variable: String, other: ObjectKey)] = []
            for (name, value) in Self.pairs(service, host: host) {
                let variable = EnvironmentVariable(name: name, value: value, origin: .service(service.key))
                if let owner = owners[name] {
                    // Within one Service the later port wins, as in kubelet's map.
                    if owner.service == service.key { variables[owner.place] = variable }
                    if owner.service != service.key { clashes.append((name, owner.service)) }
                } else {
                    owners[name] = (variables.count, service.key)
                    variables.append(variable)
                }
            }
            for other in clashes.map(\.other).distinct {
                let names = clashes.filter { $0.other == other }.map(\.variable)
                findings.append(.collision(service, with: other, names))
            }
        }
    }

    /// Names the Services of `snapshot` that a Pod of the namespace is told of.
    ///
    /// Always `default/kubernetes`; with `linksEnabled` (`enableServiceLinks`) the namespace's own too, of which one
    /// named `kubernetes` takes the place of default's.
    package static func services(
        for namespace: String, linksEnabled: Bool, in snapshot: ClusterSnapshot
    ) -> [Service] {
        var byName: [String: Service] = [:]
        let main = ObjectKey(namespace: "default", name: "kubernetes")
        if let service = snapshot.services[main], host(of: service) != nil { byName[main.name] = service }
        if linksEnabled {
            for service in snapshot.services(inNamespace: namespace) where host(of: service) != nil {
                byName[service.metadata.name] = service
            }
        }
        return byName.values.sorted(by: isBefore)
    }

    /// The text of the primary address as it was written; nil where the Service has none.
    private static func host(of service: Service) -> String? {
        guard !service.isHeadless, let address = service.clusterIPs.first else { return nil }
        return service.verbatimClusterIP ?? address.description
    }

    private static func isBefore(_ left: Service, _ right: Service) -> Bool {
        (left.metadata.name, left.metadata.namespace) < (right.metadata.name, right.metadata.namespace)
    }
}

extension ServiceEnvironment {
    /// The name part of variables: upper case, `-` as `_`.
    package static func variableName(_ name: String) -> String {
        String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    private static func pairs(_ service: Service, host: String) -> [(String, String)] {
        let prefix = variableName(service.metadata.name)
        guard let first = service.ports.first else { return [] }
        var pairs = [("\(prefix)_SERVICE_HOST", host), ("\(prefix)_SERVICE_PORT", "\(first.port)")]
        for port in service.ports where !port.name.isEmpty {
            pairs.append(("\(prefix)_SERVICE_PORT_\(variableName(port.name))", "\(port.port)"))
        }
        pairs.append(("\(prefix)_PORT", url(first, host)))
        for port in service.ports { pairs += linkPairs(port, prefix, host) }
        return pairs
    }

    /// The variables Docker links had.
    private static func linkPairs(_ port: ServicePort, _ prefix: String, _ host: String) -> [(String, String)] {
        let name = "\(prefix)_PORT_\(port.port)_\(port.transport.rawValue)"
        return [
            (name, url(port, host)), ("\(name)_PROTO", port.transport.label), ("\(name)_PORT", "\(port.port)"),
            ("\(name)_ADDR", host),
        ]
    }

    private static func url(_ port: ServicePort, _ host: String) -> String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return "\(port.transport.label)://\(bracketed):\(port.port)"
    }
}

extension RegistryFinding {
    fileprivate static func withoutPorts(_ service: Service) -> RegistryFinding {
        RegistryFinding(
            reason: .serviceWithoutPorts, object: service.key, source: service.metadata.source,
            message: "Service \(service.key) has a clusterIP and no ports, so it gives no variables; add a port")
    }

    fileprivate static func collision(
        _ service: Service, with other: ObjectKey, _ variables: [String]
    ) -> RegistryFinding {
        RegistryFinding(
            reason: .variableCollision, object: service.key, source: service.metadata.source,
            message: "Services \(other) and \(service.key) both set \(variables.joined(separator: ", ")); "
                + "\(other) does here, kubelet picks either; rename one of them")
    }
}
