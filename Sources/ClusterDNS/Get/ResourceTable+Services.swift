import ClusterModel
import NetworkAddress

/// Services as kubectl lists them (pkg/printers/internalversion/printers.go, `printService`).
extension ResourceTable {
    var services: ResourceListing {
        let objects = snapshot.services.values.map { service in
            let cells = [
                service.type.rawValue, service.clusterIPCell, service.externalCell, service.portCell,
                age(service.metadata),
            ]
            return row(
                service.metadata, cells, wide: [LabelText.pairs(service.selector)], manifest: service.manifest)
        }
        return ResourceListing(
            type: .services, header: ["TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"],
            wideHeader: ["SELECTOR"], objects: objects)
    }
}

extension Service {
    fileprivate var clusterIPCell: String {
        isHeadless ? "None" : clusterIPText ?? "<none>"
    }

    /// The primary address as its manifest writes it.
    var clusterIPText: String? { verbatimClusterIP ?? clusterIPs.first?.description }

    /// `getServiceExternalIP`: addresses outside the cluster, or the name an ExternalName stands for.
    fileprivate var externalCell: String {
        switch type {
        case .clusterIP, .nodePort: return externalIPs.isEmpty ? "<none>" : externalIPs.joined(separator: ",")
        case .externalName: return externalName
        case .loadBalancer:
            // `loadBalancerStatusStringer`; a server fills every table as for -o wide, so no name is cut.
            let ingress = Set(loadBalancerIngress).sorted().joined(separator: ",")
            let all = (ingress.isEmpty ? [] : [ingress]) + externalIPs
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        }
    }

    /// `makePortString`: `80/TCP`, or `80:31080/TCP` with a node port.
    fileprivate var portCell: String {
        let texts = ports.map { port in
            "\(port.port)\(port.nodePort.map { ":\($0)" } ?? "")/\(port.transport.rawValue)"
        }
        return texts.isEmpty ? "<none>" : texts.joined(separator: ",")
    }
}

/// Labels in a cell.
enum LabelText {
    /// `a=1,b=2` in key order (apimachinery, pkg/labels, `FormatLabels`).
    static func pairs(_ labels: [String: String]) -> String {
        let texts = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return texts.isEmpty ? "<none>" : texts.joined(separator: ",")
    }
}
