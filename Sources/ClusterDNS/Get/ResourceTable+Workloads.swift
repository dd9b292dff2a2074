import ClusterModel

/// Deployments and their like (pkg/printers/internalversion/printers.go, `printDeployment` and its neighbours).
///
/// Manifests tell what is wanted; what there is, is counted among the Pods that the selector picks.
extension ResourceTable {
    var deployments: ResourceListing {
        listing(.deployments, "Deployment", ["READY", "UP-TO-DATE", "AVAILABLE", "AGE"]) { workload, count in
            ["\(count.ready)/\(workload.replicas)", "\(count.all)", "\(count.ready)"]
        }
    }

    var replicaSets: ResourceListing {
        listing(.replicaSets, "ReplicaSet", ["DESIRED", "CURRENT", "READY", "AGE"]) { workload, count in
            ["\(workload.replicas)", "\(count.all)", "\(count.ready)"]
        }
    }

    var statefulSets: ResourceListing {
        listing(.statefulSets, "StatefulSet", ["READY", "AGE"]) { workload, count in
            ["\(count.ready)/\(workload.replicas)"]
        }
    }

    /// As many are wanted as there are nodes, which manifests do not tell: those that are there.
    var daemonSets: ResourceListing {
        let header = ["DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"]
        return listing(.daemonSets, "DaemonSet", header) { _, count in
            ["\(count.all)", "\(count.all)", "\(count.ready)", "\(count.all)", "\(count.ready)", "<none>"]
        }
    }

    private func listing(
        _ type: ResourceType, _ kind: String, _ header: [String],
        _ cells: (Workload, (all: Int, ready: Int)) -> [String]
    ) -> ResourceListing {
        let pods = Dictionary(grouping: snapshot.pods.values, by: \.metadata.namespace)
        let objects = snapshot.workloads.values.filter { $0.kind == kind }.map { workload in
            let count = Self.podCount(of: workload, among: pods[workload.metadata.namespace] ?? [])
            return row(
                workload.metadata, cells(workload, count) + [age(workload.metadata)],
                wide: [LabelText.pairs(workload.selector)], manifest: workload.manifest)
        }
        return ResourceListing(type: type, header: header, wideHeader: ["SELECTOR"], objects: objects)
    }

    /// Pods that have ended do not count.
    private static func podCount(of workload: Workload, among pods: [Pod]) -> (all: Int, ready: Int) {
        let own = pods.filter { !$0.isTerminated && LabelSelector.selects(workload.selector, $0.metadata.labels) }
        return (own.count, own.count(where: \.isReady))
    }
}
