import ClusterModel
import NetworkAddress

/// Pods and Namespaces (pkg/printers/internalversion/printers.go, `printPod` and `printNamespace`).
extension ResourceTable {
    var pods: ResourceListing {
        let objects = snapshot.pods.values.map { pod in
            row(
                pod.metadata,
                [
                    "\(pod.readyContainers)/\(pod.countedContainers)", pod.statusCell, "\(pod.restarts)",
                    age(pod.metadata),
                ],
                wide: [
                    pod.podIPs.first?.description ?? "<none>", pod.nodeName.isEmpty ? "<none>" : pod.nodeName, "<none>",
                    "<none>",
                ], manifest: pod.manifest)
        }
        return ResourceListing(
            type: .pods, header: ["READY", "STATUS", "RESTARTS", "AGE"],
            wideHeader: ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"], objects: objects)
    }

    var namespaces: ResourceListing {
        let objects = snapshot.namespaces.values.map { namespace in
            row(
                namespace.metadata, [namespace.phase, age(namespace.metadata)], manifest: namespace.manifest)
        }
        return ResourceListing(type: .namespaces, header: ["STATUS", "AGE"], objects: objects)
    }
}

extension Pod {
    /// Ordinary containers and sidecars.
    fileprivate var countedContainers: Int { containers.count { !$0.isInit || $0.isRestartable } }

    /// The phase, or that it is being deleted; the reasons of single containers are not kept.
    fileprivate var statusCell: String {
        metadata.deletionTime != nil && !isTerminated ? "Terminating" : phase.rawValue
    }
}

extension Namespace {
    var phase: String { metadata.deletionTime == nil ? "Active" : "Terminating" }
}
