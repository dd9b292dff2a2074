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
        let objects = snapshot.workloads.values.filter { $0.kind == kind }.map { workload in
            row(
                workload.metadata, cells(workload, podCount(of: workload)) + [age(workload.metadata)],
                wide: [LabelText.pairs(workload.selector)], manifest: workload.manifest)
        }
        return ResourceListing(type: type, header: header, wideHeader: ["SELECTOR"], objects: objects)
    }

    private func podCount(of workload: Workload) -> (all: Int, ready: Int) {
        let pods = snapshot.pods.values.filter { pod in
            pod.metadata.namespace == workload.metadata.namespace && !pod.isTerminated
                && LabelSelector.selects(workload.selector, pod.metadata.labels)
        }
        return (pods.count, pods.count(where: \.isReady))
    }
}
