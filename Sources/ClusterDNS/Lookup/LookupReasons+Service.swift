import Answering
import ClusterModel
import ClusterZone
import DNSWire
import NetworkAddress

extension LookupReasons {
    /// Why the Service has no names at all; nil where it has.
    func silence(of service: Service) -> String? {
        if service.type == .externalName {
            let isName = !service.externalName.isAddress && (try? Name(service.externalName)) != nil
            return isName ? nil : "its externalName is no host name, so it has no CNAME; use a Service with endpoints"
        }
        let count = endpointCount(of: service)
        if service.isHeadless, definition.options.noEndpoints {
            return "headless, and \"noendpoints\" leaves endpoints out"
        }
        if service.isHeadless, count.ready == 0 { return "headless without ready endpoints: \(count.text)" }
        let isEmpty = !service.isHeadless && definition.options.ignoresEmptyServices && count.ready == 0
        return isEmpty ? "left out by \"ignore empty_service\": \(count.text)" : nil
    }

    private func endpointCount(of service: Service) -> (ready: Int, text: String) {
        let endpoints = snapshot.slices(of: service.key).flatMap(\.endpoints)
        let ready = endpoints.count(where: \.isPublished)
        guard !service.selector.isEmpty else {
            return (
                ready, "it has no selector, and its EndpointSlices hold \(endpoints.count) endpoints, \(ready) ready"
            )
        }
        let pods = snapshot.pods.values.count { pod in
            pod.metadata.namespace == service.metadata.namespace && !pod.isTerminated
                && LabelSelector.selects(service.selector, pod.metadata.labels)
        }
        let verb = pods == 1 ? "Pod matches" : "Pods match"
        return (ready, "\(pods) \(verb) the selector \(LabelText.pairs(service.selector)), \(ready) ready")
    }

    /// What to add where a name that exists has no records of the type.
    func noData(_ service: Service, _ type: RRType, _ outcome: Lookup.Outcome) -> String {
        if outcome == .aliasOnly {
            return "; its target has no \(type) record in what this server answers, so another server must be asked"
        }
        guard outcome == .noData else { return "" }
        switch type {
        case .a: return ", which has no IPv4 address"
        case .aaaa: return ", which has no IPv6 address"
        default: return ", which has no \(type) record"
        }
    }

    /// A name under the Service: an endpoint, `_proto`, or `_port._proto`.
    func below(_ service: Service, _ path: [String], _ type: RRType, _ outcome: Lookup.Outcome) -> String {
        let text = service.summary
        if service.type == .externalName { return "\(text) has no names below its own" }
        if path.count == 1, outcome != .noName { return endpoint(path[0], service) ?? text }
        if path.count == 1 { return "\(text) has no ready endpoint \"\(path[0])\"" }
        if path.count > 2 { return "\(text) has no names so far below its own" }
        if outcome != .noName { return "\(text), a port of it\(noData(service, type, outcome))" }
        let ports = service.ports.map { "_\($0.name.isEmpty ? "(unnamed)" : $0.name)._\($0.transport.label)" }
        return "\(text) has no port \"\(path[1]).\(path[0])\"; its ports are \(ports.joined(separator: " "))"
    }

    private func endpoint(_ label: String, _ service: Service) -> String? {
        for endpoint in snapshot.slices(of: service.key).flatMap(\.endpoints) where endpoint.isPublished {
            for address in endpoint.addresses
            where EndpointNames.label(of: endpoint, at: address, podNames: definition.options.endpointPodNames) == label
            {
                let target = endpoint.target.map { "\($0.kind) \($0.namespace)/\($0.name), " } ?? ""
                return "\(target)an endpoint of \(service.summary)"
            }
        }
        return nil
    }

    /// A dashed Pod name, by the option `pods`; `path` starts with the namespace.
    func podReason(_ path: [String], _ outcome: Lookup.Outcome) -> String {
        guard let namespace = path.first else { return "the parent of all Pod names, without records of its own" }
        if let missing = missingNamespace(namespace) { return missing }
        guard path.count > 1 else { return "namespace \"\(namespace)\", which has no records of its own" }
        let mode = "\"pods \(definition.options.pods.rawValue)\""
        switch definition.options.pods {
        case .disabled: return "\(mode): Pods have no names; set \"pods insecure\" or \"pods verified\""
        case .insecure:
            return outcome == .noName ? "\"\(path[1])\" is no address with dashes" : "\(mode): the address in the name"
        case .verified:
            return outcome == .noName
                ? "\(mode): no Pod of the namespace has this address" : "\(mode): a Pod has this address"
        }
    }

    /// Which objects have the address.
    func reverseReason(_ name: Name, _ outcome: Lookup.Outcome) -> String {
        let services = snapshot.services.values.filter { $0.clusterIPs.contains { ReverseName.name(of: $0) == name } }
        if let service = services.first { return "the clusterIP of \(service.summary)" }
        let pods = snapshot.pods.values.filter { $0.podIPs.contains { ReverseName.name(of: $0) == name } }
        let pod = pods.first.map { "Pod \($0.key)" }
        guard outcome == .noName else { return pod.map { "\($0), an endpoint" } ?? "an endpoint" }
        return pod.map { "\($0) is no ready endpoint of any Service, so its address has no name" }
            ?? "no Service or ready endpoint has this address"
    }
}
