import Admin
import Answering
import ClusterFeed
import ClusterModel
import ClusterZone
import DNSWire
import KubernetesClient
import KubernetesProtocol
import Testing

@testable import ClusterDNS

/// What the pages say of a registry that is read from a Kubernetes API.
struct ServeMetricsTests {
    private let source = RegistrySource.api(APISource(connection: .inCluster))
    private let resources = [FollowedResource(.services), FollowedResource(.endpointSlices)]

    /// Two zones over one source, as two blocks of a Corefile make them.
    private func figures(_ metrics: ServeMetrics) throws -> [RegistryStatus] {
        let corefile = ["a.local", "b.local"].map { "\($0) {\n kubernetes \($0)\n}\n" }.joined()
        let scratch = try ScratchDirectory()
        let loader = ConfigurationLoader(file: try scratch.write("Corefile", corefile), interfaces: [:])
        let configuration = try loader.load()
        let zones = configuration.registries.map { ClusterZone(options: $0.options, serial: 1) }
        let state = ServingState(generation: 1, configuration: configuration, zones: zones, hosts: [])
        return metrics.figures(state, isShuttingDown: false).registries
    }

    private func update(_ triggerTimes: [Int64] = []) -> FeedUpdate {
        var update = FeedUpdate(
            delta: ClusterDelta(), snapshot: ClusterSnapshot(), newFindings: [], findings: [], isRootPresent: true)
        update.triggerTimes = triggerTimes
        return update
    }

    @Test func oneSourceIsCountedOnce() async throws {
        let feed = APIFeed(.init(server: "https://192.0.2.1", resources: resources)) { start, sink, pulse in
            let resource = start.followed.resource
            pulse()
            let report = ReflectorReport(.object, resource, "skipped")
            await sink(FollowedNews([.reached(resourceVersion: "1"), .report(report)]))
            if resource == .services { await sink(FollowedNews([.report(.init(.silent, resource, "Silent."))])) }
        }
        await feed.run { _ in }
        let metrics = ServeMetrics()
        var requests = RequestFigures(host: "192.0.2.1:443")
        requests.counts = ["200": 3]
        requests.durationSum = 0.5
        metrics.attach(.init(status: { feed.status }, requests: { [requests] in requests }), of: source)
        let zones = try figures(metrics)
        #expect(zones.map { Set($0.ages.keys) } == [["services", "endpointslices"], ["services", "endpointslices"]])
        #expect(zones.map(\.problem) == ["services: Silent", "services: Silent"])
        #expect(zones.map(\.rejectedCounts) == [["services": 1, "endpointslices": 1], [:]])
        #expect(zones.map { $0.requests?.counts } == [["200": 3], nil])
        #expect(zones.first?.requests?.durations.sum == 500_000_000)
        #expect(zones.first?.requests?.bounds.first == 5_000_000)
    }

    /// A clock ahead of ours makes a change come from the future; CoreDNS would count what it gets.
    @Test func aTriggerTimeAheadOfOurClockCountsAsZero() throws {
        let metrics = ServeMetrics()
        metrics.note(update([.max, 0]), of: source, applyTime: nil)
        let durations = try figures(metrics).first?.programmingDurations["headless_with_selector"]?.histogram
        #expect(durations?.buckets.first == 1 && durations?.buckets.last == 1 && durations?.count == 2)
    }
}

struct FollowedResourceTests {
    @Test func onlyWhatTheAnswersNeed() {
        let all = APISource(
            connection: .inCluster, objectSelector: "a=b", namespaceSelector: "x=y",
            needs: [.endpointSlices, .pods, .endpointPodNames, .serviceImports])
        #expect(
            all.followedResources == [
                FollowedResource(.namespaces, labelSelector: "x=y"), FollowedResource(.services, labelSelector: "a=b"),
                FollowedResource(.endpointSlices, labelSelector: "a=b", keptFields: [.targets, .sourceClusters]),
                FollowedResource(.pods, labelSelector: "a=b"), FollowedResource(.serviceImports, labelSelector: "a=b"),
            ])
        let few = APISource(connection: .inCluster, needs: [])
        #expect(few.followedResources == [FollowedResource(.namespaces), FollowedResource(.services)])
    }
}
