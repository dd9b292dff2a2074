import Answering
import ClusterFeed
import ClusterModel
import ClusterZone
import DNSWire

extension RegistryLint {
    /// A selector that picks nothing.
    func selector(_ service: Service) -> [Finding] {
        guard !service.selector.isEmpty, service.type != .externalName, !unread.contains(.pod) else { return [] }
        guard pods(of: service).isEmpty, workloads(of: service).isEmpty else { return [] }
        if snapshot.slices(of: service.key).contains(where: { !$0.endpoints.isEmpty }) { return [] }
        let carriers = definition.source.api == nil ? "Pod or workload" : "Pod"
        return [
            finding(
                .warning, service.metadata,
                "Service \(service.key) selects \(LabelText.pairs(service.selector)), which no \(carriers) of the "
                    + "namespace carries, so it has no endpoints; correct the selector or the labels")
        ]
    }

    /// A named targetPort that no container has.
    func targetPorts(_ service: Service) -> [Finding] {
        let containers = pods(of: service).flatMap(\.containers) + workloads(of: service).flatMap(\.containers)
        guard !containers.isEmpty else { return [] }
        return service.ports.compactMap { port in
            guard case .name(let name) = port.targetPort else { return nil }
            let ports = containers.flatMap(\.ports).filter { $0.transport == port.transport }
            if ports.contains(where: { $0.name == name }) { return nil }
            let known = Set(ports.map(\.name).filter { !$0.isEmpty }).sorted().joined(separator: ", ")
            return finding(
                .warning, service.metadata,
                "Service \(service.key), port \(port.port): no container it selects has a \(port.transport.rawValue) port "
                    + "named \"\(name)\"\(known.isEmpty ? "" : " (there are \(known))"), so the port has no endpoints; "
                    + "correct targetPort, or name the container's port")
        }
    }

    /// An ExternalName that no CNAME can hold, or that leads back to where it started.
    func externalName(_ service: Service) -> [Finding] {
        guard service.type == .externalName else { return [] }
        if service.externalName.isAddress {
            return [
                finding(
                    .warning, service.metadata,
                    "Service \(service.key) has the address \(service.externalName) as its externalName, and a CNAME holds "
                        + "names only, so it does not resolve; use a Service without selector and an EndpointSlice")
            ]
        }
        guard let round = aliasLoop(from: service) else { return [] }
        return [
            finding(
                .warning, service.metadata,
                "Service \(service.key) leads back to itself (\(round)), so it has no address; correct the externalName"
            )
        ]
    }

    /// The Services on the way from an ExternalName back to it.
    private func aliasLoop(from service: Service) -> String? {
        var seen = [service.key]
        var current = service
        while let next = target(of: current) {
            if next.key == service.key { return (seen + [next.key]).map(\.description).joined(separator: " -> ") }
            if seen.contains(next.key) { return nil }
            seen.append(next.key)
            current = next
        }
        return nil
    }

    /// The Service of our zones that an ExternalName names.
    private func target(of service: Service) -> Service? {
        guard service.type == .externalName, let name = try? Name(service.externalName) else { return nil }
        let labels = name.labels.map { String(decoding: $0, as: UTF8.self).lowercased() }
        guard labels.count > 3, labels[2] == "svc" else { return nil }
        let key = ObjectKey(namespace: labels[1], name: labels[0])
        let isOurs = definition.options.forwardZones.contains { ServiceName.base(of: key, in: $0) == name }
        return isOurs ? snapshot.services[key] : nil
    }

    /// Names that are over the limits of the DNS (63 octets a label, 255 a name), which then do not exist.
    func names(_ service: Service) -> [Finding] {
        var problems: [String] = []
        for zone in definition.options.forwardZones {
            guard let base = ServiceName.base(of: service.key, in: zone) else {
                problems.append("its name in zone \(zone.bareText) is over 255 octets, so it does not resolve there")
                continue
            }
            for port in service.ports where !port.name.isEmpty {
                let owner = try? base.prepending("_\(port.transport.label)").prepending("_\(port.name)")
                if owner != nil { continue }
                problems.append(
                    "port \"\(port.name)\" has no SRV record in zone \(zone.bareText): the name is too long")
            }
        }
        return problems.map {
            finding(.warning, service.metadata, "Service \(service.key): \($0); choose a shorter name")
        }
    }
}
