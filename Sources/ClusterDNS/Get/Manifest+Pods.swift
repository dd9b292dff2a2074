import ClusterModel
import NetworkAddress

extension String {
    /// Whether the text is an IPv4 or IPv6 address.
    var isAddress: Bool { IPAddress(self) != nil }
}

extension Pod {
    var manifest: StructuredValue { .kubernetes("v1", "Pod", metadata, ["spec": spec, "status": status]) }

    private var spec: StructuredValue {
        let initial = containers.filter(\.isInit)
        return .record([
            "containers": .array(containers.filter { !$0.isInit }.map(\.manifest)),
            "initContainers": .unlessEmpty(initial.map(\.manifest)),
            "enableServiceLinks": .boolean(enableServiceLinks), "hostname": .unlessEmpty(hostname),
            "subdomain": .unlessEmpty(subdomain), "nodeName": .unlessEmpty(nodeName),
            "serviceAccountName": .unlessEmpty(serviceAccountName),
        ])
    }

    private var status: StructuredValue {
        let ready = StructuredValue.record([
            "type": .string("Ready"), "status": .string(isReady ? "True" : "False"),
        ])
        return .record([
            "phase": .string(phase.rawValue), "conditions": .array([ready]),
            "podIP": podIPs.first.map { .string($0.description) }, "podIPs": Self.list(podIPs),
            "hostIP": hostIPs.first.map { .string($0.description) }, "hostIPs": Self.list(hostIPs),
            "startTime": startTime.map { .string(TimeText.rfc3339($0)) },
        ])
    }

    private static func list(_ addresses: [IPAddress]) -> StructuredValue? {
        .unlessEmpty(addresses.map { .record(["ip": .string($0.description)]) })
    }
}

extension Container {
    /// Its name and ports: what else it has is read for `env` only.
    var manifest: StructuredValue {
        let ports = ports.map { port in
            StructuredValue.record([
                "name": .unlessEmpty(port.name), "containerPort": .integer(Int(port.port)),
                "protocol": .string(port.transport.rawValue),
            ])
        }
        return .record([
            "name": .string(name), "ports": .unlessEmpty(ports),
            "restartPolicy": isRestartable ? .string("Always") : nil,
        ])
    }
}

extension EndpointSlice {
    var manifest: StructuredValue {
        .kubernetes(
            "discovery.k8s.io/v1", "EndpointSlice", metadata,
            [
                "addressType": .string(addressType.rawValue), "endpoints": .array(endpoints.map(\.manifest)),
                "ports": .array(ports.map(\.manifest)),
            ])
    }
}

extension Endpoint {
    fileprivate var manifest: StructuredValue {
        let target = target.map { target in
            StructuredValue.record([
                "kind": .string(target.kind), "namespace": .unlessEmpty(target.namespace), "name": .string(target.name),
            ])
        }
        return .record([
            "addresses": .strings(addresses.map(\.description) + hostNames),
            "conditions": .record([
                "ready": ready.map { .boolean($0) }, "serving": serving.map { .boolean($0) },
                "terminating": terminating.map { .boolean($0) },
            ]),
            "hostname": .unlessEmpty(hostname), "nodeName": .unlessEmpty(nodeName), "targetRef": target,
        ])
    }
}

extension EndpointPort {
    fileprivate var manifest: StructuredValue {
        .record(["name": .string(name), "port": .integer(Int(port)), "protocol": .string(transport.rawValue)])
    }
}

extension EndpointsView {
    var manifest: StructuredValue {
        let subsets = subsets.map { subset in
            StructuredValue.record([
                "addresses": Self.list(subset.ready), "notReadyAddresses": Self.list(subset.notReady),
                "ports": .unlessEmpty(subset.ports.map(\.manifest)),
            ])
        }
        return .kubernetes("v1", "Endpoints", metadata, ["subsets": .unlessEmpty(subsets)])
    }

    private static func list(_ addresses: [IPAddress]) -> StructuredValue? {
        .unlessEmpty(addresses.map { .record(["ip": .string($0.description)]) })
    }
}
