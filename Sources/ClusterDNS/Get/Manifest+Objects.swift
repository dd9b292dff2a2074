import ClusterModel
import NetworkAddress

/// Objects as Kubernetes writes them, as far as the registry keeps their fields.
extension ObjectMetadata {
    var manifest: StructuredValue {
        .record([
            "name": .string(name), "namespace": .unlessEmpty(namespace), "labels": .unlessEmpty(labels),
            "annotations": .unlessEmpty(annotations), "uid": .unlessEmpty(uid),
            "resourceVersion": .unlessEmpty(resourceVersion),
            "creationTimestamp": creationTime.map { .string(TimeText.rfc3339($0)) },
            "deletionTimestamp": deletionTime.map { .string(TimeText.rfc3339($0)) },
        ])
    }
}

extension StructuredValue {
    static func kubernetes(
        _ apiVersion: String, _ kind: String, _ metadata: ObjectMetadata, _ others: [String: StructuredValue?]
    ) -> StructuredValue {
        let common: [String: StructuredValue?] = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": metadata.manifest,
        ]
        return .record(common.merging(others) { first, _ in first })
    }
}

extension Service {
    var manifest: StructuredValue {
        let ingress = loadBalancerIngress.map {
            StructuredValue.record([$0.isAddress ? "ip" : "hostname": .string($0)])
        }
        let balancer = StructuredValue.record(["ingress": .unlessEmpty(ingress)])
        return .kubernetes(
            "v1", "Service", metadata, ["spec": spec, "status": .record(["loadBalancer": balancer])])
    }

    private var spec: StructuredValue {
        let addresses = isHeadless ? ["None"] : clusterIPs.map(\.description)
        return .record([
            "type": .string(type.rawValue),
            "clusterIP": isHeadless ? .string("None") : clusterIPText.map { .string($0) },
            "clusterIPs": .unlessEmpty(addresses), "externalIPs": .unlessEmpty(externalIPs),
            "externalName": .unlessEmpty(externalName), "ipFamilies": .unlessEmpty(ipFamilies.map(\.rawValue)),
            "ipFamilyPolicy": ipFamilyPolicy.map { .string($0.rawValue) },
            "ports": .unlessEmpty(ports.map(\.manifest)),
            "publishNotReadyAddresses": publishNotReadyAddresses ? .boolean(true) : nil,
            "selector": .unlessEmpty(selector),
        ])
    }
}

extension ServicePort {
    fileprivate var manifest: StructuredValue {
        let target: StructuredValue =
            switch targetPort {
            case nil: .integer(Int(port))
            case .number(let number): .integer(Int(number))
            case .name(let name): .string(name)
            }
        return .record([
            "name": .unlessEmpty(name), "port": .integer(Int(port)), "protocol": .string(transport.rawValue),
            "targetPort": target, "nodePort": nodePort.map { .integer(Int($0)) },
        ])
    }
}

extension Namespace {
    var manifest: StructuredValue {
        .kubernetes("v1", "Namespace", metadata, ["status": .record(["phase": .string(phase)])])
    }
}

extension Workload {
    var manifest: StructuredValue {
        let template = StructuredValue.record([
            "metadata": .record(["labels": .unlessEmpty(templateLabels)]),
            "spec": .record(["containers": .array(containers.filter { !$0.isInit }.map(\.manifest))]),
        ])
        return .kubernetes(
            "apps/v1", kind, metadata,
            [
                "spec": .record([
                    "replicas": kind == "DaemonSet" ? nil : .integer(replicas),
                    "selector": .record(["matchLabels": .map(selector)]), "template": template,
                ])
            ])
    }
}
