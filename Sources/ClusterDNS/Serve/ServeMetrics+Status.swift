import Admin
import Answering
import ClusterFeed
import ClusterModel
import KubernetesClient

extension RegistryStatus {
    /// Takes how a source fares; of several zones over one source only the first has its counts.
    mutating func take(_ registry: ServeMetrics.Registry, of source: RegistrySource, withCounts: Bool) {
        if withCounts {
            objectCounts = registry.objectCounts
            applyDurations = registry.applyDurations
            programmingDurations = ["headless_with_selector": registry.programmingDurations]
        }
        if let api = registry.api { return take(api, withCounts: withCounts) }
        let age = registry.isPresent ? 0 : (ContinuousClock.now - registry.lastSignOfLife) / .seconds(1)
        ages = ["manifests": age]
        if !registry.isPresent {
            problem = "\(source.place) is gone, so its last objects stay; put the directory back"
        } else if registry.errorCount > 0 {
            problem = "\(registry.errorCount) errors in \(source.place); see the log, or run clusterdns check"
        }
    }

    private mutating func take(_ api: ServeMetrics.APIFigures, withCounts: Bool) {
        let status = api.status()
        problem = status.problem
        for resource in status.resources {
            ages[resource.name] = (ContinuousClock.now - resource.lastSignOfLife) / .seconds(1)
        }
        guard withCounts else { return }
        requests = RequestStatus(api.requests())
        objectCounts = [:]
        for resource in status.resources {
            objectCounts[resource.kind.rawValue] = resource.objectCount
            rejectedCounts[resource.name] = resource.rejectedCount
            emptiedCounts[resource.name] = resource.emptiedCount
        }
    }
}

extension RequestStatus {
    fileprivate init(_ figures: RequestFigures) {
        let nanoseconds = { (seconds: Double) in UInt64(max(0, seconds) * 1e9) }
        self.init(
            host: figures.host, method: figures.method, counts: figures.counts.mapValues { UInt64(clamping: $0) },
            durations: Histogram(
                buckets: figures.buckets.map { UInt64(clamping: $0) }, sum: nanoseconds(figures.durationSum)),
            bounds: RequestFigures.bounds.map(nanoseconds))
    }
}
