import Admin
import Answering
import ClusterFeed
import ClusterModel
import ClusterZone
import DNSWire
import Foundation
import KubernetesClient
import Synchronization

/// What the control plane has done so far, for the pages: registries, reloads.
final class ServeMetrics: Sendable {
    /// One registry source.
    struct Registry {
        /// When the manifests were last known to be what is served.
        var lastSignOfLife = ContinuousClock.now
        /// False while the objects are the last known and their directory is gone.
        var isPresent = false
        /// Whether it has ever been seen whole.
        var wasSeen = false
        var objectCounts: [String: Int] = [:]
        var errorCount = 0
        var applyDurations = DurationHistogram(.apply)
        /// CoreDNS counts the endpoints of headless Services with a selector, and no others.
        var programmingDurations = DurationHistogram(.programming)
        /// nil for manifests.
        var api: APIFigures?
    }

    /// Where the figures of a registry from a Kubernetes API are asked for.
    struct APIFigures: Sendable {
        var status: @Sendable () -> APIFeedStatus
        var requests: @Sendable () -> RequestFigures
    }

    private struct State {
        var registries: [RegistrySource: Registry] = [:]
        var failedReloads: UInt64 = 0
        var fingerprint = ""
        var hostsReadTime: Double?
        var failedZones: UInt64 = 0
        var signaturesEnd: Int64?
        /// When copies of zones were last known to be good, in seconds since 1970.
        var copies: [Name: Double] = [:]
        var transfers: [String: UInt64] = [:]
    }

    private let state = Mutex(State())
    private let startTime = Date().timeIntervalSince1970

    /// Takes what a feed reports; `applyTime` is from its arrival to the state published with it.
    func note(_ update: FeedUpdate, of source: RegistrySource, applyTime: Duration?) {
        let counts = ObjectKind.allCases.map { ($0.rawValue, update.snapshot.count(of: $0)) }
        let errors = update.findings.count { $0.severity == .error }
        let now = Int64(Date().timeIntervalSince1970 * 1e9)
        state.withLock { state in
            var registry = state.registries[source] ?? Registry()
            if registry.isPresent || update.isRootPresent { registry.lastSignOfLife = .now }
            registry.isPresent = update.isRootPresent
            registry.wasSeen = registry.wasSeen || update.isRootPresent
            registry.objectCounts = Dictionary(uniqueKeysWithValues: counts)
            registry.errorCount = errors
            if let applyTime { registry.applyDurations.add(applyTime) }
            for time in update.triggerTimes { registry.programmingDurations.add(.nanoseconds(now - max(0, time))) }
            state.registries[source] = registry
        }
    }

    func attach(_ figures: APIFigures, of source: RegistrySource) {
        state.withLock { $0.registries[source, default: Registry()].api = figures }
    }

    func forget(_ source: RegistrySource) { state.withLock { $0.registries[source] = nil } }

    /// Whether the registry has ever been seen whole.
    func isKnown(_ source: RegistrySource) -> Bool { state.withLock { $0.registries[source]?.wasSeen ?? false } }

    func countFailedReload() { state.withLock { $0.failedReloads += 1 } }
    func noteConfiguration(_ fingerprint: ConfigurationFingerprint) {
        state.withLock { $0.fingerprint = fingerprint.text }
    }
    func countFailedZones(_ count: Int) { state.withLock { $0.failedZones += UInt64(count) } }
    /// When the first signature of a zone that was signed elsewhere ends, in seconds since 1970; nil for none.
    func noteSignatures(end: Int64?) { state.withLock { $0.signaturesEnd = end } }
    /// What a primary that was asked for a zone gave: `unchanged`, `differences`, `whole`, `failed`.
    func countTransfer(_ result: String) { state.withLock { $0.transfers[result, default: 0] += 1 } }
    /// A copy was good so long ago; nil where it is there no more.
    func noteCopy(of apex: Name, age: Duration?) {
        let time = age.map { Date().timeIntervalSince1970 - Double($0.components.seconds) }
        state.withLock { $0.copies[apex] = time }
    }
    func noteHostsRead() { state.withLock { $0.hostsReadTime = Date().timeIntervalSince1970 } }

    /// Everything at this moment, for one page.
    func figures(_ serving: ServingState, isShuttingDown: Bool) -> AdminFigures {
        let state = state.withLock { $0 }
        var figures = AdminFigures()
        figures.isShuttingDown = isShuttingDown
        figures.reloadFailureCount = state.failedReloads
        figures.configurationHash = state.fingerprint
        figures.hostsReloadSeconds = state.hostsReadTime
        figures.zoneFailureCount = state.failedZones
        figures.signaturesEndSeconds = state.signaturesEnd
        figures.zoneCopies = state.copies.map { ZoneCopyStatus(zone: "\($0)", goodSeconds: $1) }
            .sorted { $0.zone < $1.zone }
        figures.transferCounts = state.transfers
        figures.processStartSeconds = startTime
        var counted = Set<RegistrySource>()
        figures.registries = serving.configuration.registries.indices.map { index in
            let definition = serving.configuration.registries[index]
            let name = definition.options.forwardZones.map(\.description).joined(separator: " ")
            var status = RegistryStatus(name: name)
            status.isComplete = serving.zones[index].isComplete
            if let registry = state.registries[definition.source] {
                let isCounted = counted.insert(definition.source).inserted
                status.take(registry, of: definition.source, withCounts: isCounted)
            }
            return status
        }
        return figures
    }
}
