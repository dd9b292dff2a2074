import ClusterModel
import KubernetesProtocol
import Testing

@testable import ClusterFeed

/// What an API feed tells, as its reflectors tell it.
struct APIFeedTests {
    private let web = ObjectKey("shop/web")
    private var slice: ClusterObject { Objects.slice("web-1", of: web, ["10.1.0.1"]) }

    private func sync(_ api: ScriptedAPI) async throws {
        try await api.list(.namespace, [Objects.namespace("shop")], version: "5")
        try await api.list(.endpointSlice, [slice], version: "6")
        try await api.list(.service, [Objects.service(web)], version: "7")
    }

    /// A registry without its Services would answer NXDOMAIN for them.
    @Test func nothingIsToldBeforeEveryResourceIsInSync() async throws {
        try await RunningFeed().run { feed in
            try await feed.api.list(.namespace, [Objects.namespace("shop")], version: "5")
            try await feed.api.list(.endpointSlice, [slice], version: "6")
            #expect(!feed.told.isComplete)
            #expect(feed.feed.status.resources.map(\.isInSync) == [true, false, true])
            try await feed.api.list(.service, [Objects.service(web)], version: "7")
            #expect(feed.told.isComplete && feed.told.endpoints(of: web) == ["10.1.0.1"])
            #expect(feed.told.log.map(\.severity) == [.info])
            #expect(feed.told.log.last?.message.contains("1 services, 1 endpointslices") == true)
        }
    }

    @Test func changesAreToldAtOnce() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let count = feed.told.updates.count
            let next = Objects.slice("web-1", of: web, ["10.1.0.1", "10.1.0.2"], version: "8")
            try await feed.api.tell(.endpointSlice, .apply([.upserted(next)]), .reached(resourceVersion: "8"))
            #expect(feed.told.endpoints(of: web) == ["10.1.0.1", "10.1.0.2"])
            // A bookmark changes nothing that is worth telling.
            try await feed.api.tell(.endpointSlice, .reached(resourceVersion: "9"))
            #expect(feed.told.updates.count == count + 1)
            #expect(feed.told.updates.last?.arrivalTime != nil)
        }
    }

    /// Resources come in any order: the slice waits for its Service, and outlives it.
    @Test func aSliceMayComeBeforeItsService() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let late = ObjectKey("shop/late")
            let slice = Objects.slice("late-1", of: late, ["10.1.0.9"])
            try await feed.api.tell(.endpointSlice, .apply([.upserted(slice)]))
            #expect(feed.told.endpoints(of: late) == nil)
            try await feed.api.tell(.service, .apply([.upserted(Objects.headless(late))]))
            #expect(feed.told.endpoints(of: late) == ["10.1.0.9"])
            try await feed.api.tell(.service, .apply([.removed(.service, late)]))
            #expect(feed.told.endpoints(of: late) == nil)
        }
    }

    @Test func aNamespaceMayGoBeforeItsContents() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let key = ObjectKey(namespace: "", name: "shop")
            try await feed.api.tell(.namespace, .apply([.removed(.namespace, key)]))
            #expect(feed.told.updates.last?.delta.namespaces["shop"]?.after == nil)
            #expect(feed.told.updates.last?.snapshot.count(of: .namespace) == 0)
            try await feed.api.tell(.service, .apply([.removed(.service, web)]))
            #expect(feed.told.endpoints(of: web) == nil)
        }
    }

    /// A fresh list of what is known already is no change, and what it does not name is gone.
    @Test func aListSweeps() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let other = ObjectKey("shop/other")
            try await feed.api.list(.service, [Objects.service(web), Objects.service(other)], version: "20")
            let count = feed.told.updates.count { !$0.delta.isEmpty }
            try await feed.api.list(.service, [Objects.service(other, version: "30")], version: "30")
            #expect(feed.told.endpoints(of: web) == nil && feed.told.endpoints(of: other) == [])
            #expect(feed.told.updates.count { !$0.delta.isEmpty } == count + 1)
            #expect(feed.told.updates.last?.endsSync == true)
        }
    }

    /// The changes that come while an update is being told are told together.
    @Test func changesAreGatheredWhileAnUpdateIsTold() async throws {
        let feed = RunningFeed()
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            await feed.feed.run { update in
                feed.told.take(update)
                if feed.told.updates.count == 2 { for await _ in gate { break } }
            }
        }
        try await sync(feed.api)
        let keys = (0..<50).map { ObjectKey("shop/service-\($0)") }
        try await withThrowingTaskGroup { group in
            group.addTask { try await feed.api.tell(.service, .apply([.upserted(Objects.service(keys[0]))])) }
            try await feed.told.expect { $0.updates.count == 2 }
            for key in keys.dropFirst() {
                try await feed.api.tell(.service, .apply([.upserted(Objects.service(key))]))
            }
            #expect(feed.told.updates.count == 2)
            opening.finish()
            try await group.waitForAll()
        }
        #expect(feed.told.updates.count == 3 && feed.told.endpoints(of: keys[49]) == [])
        task.cancel()
        await task.value
    }

    /// Changes that follow each other all the time are told together, and the last one is among them.
    @Test func manyChangesAreToldTogether() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let keys = (0..<100).map { ObjectKey("shop/service-\($0)") }
            let start = ContinuousClock.now
            for key in keys { try await feed.api.tell(.service, .apply([.upserted(Objects.service(key))])) }
            try await feed.told.expect { $0.endpoints(of: keys[99]) == [] }
            // The sync is one; a burst at once, and from then on one in `spacing`, on a slow machine too.
            let spaced = Int((ContinuousClock.now - start) / TellPacing.spacing)
            #expect(feed.told.updates.count <= 1 + TellPacing.burst + spaced + 1)
            for key in keys { #expect(feed.told.endpoints(of: key) == []) }
        }
    }

    /// CoreDNS counts headless Services only (plugin/kubernetes, endpoint latency recorder).
    @Test func triggerTimesOfHeadlessServices() async throws {
        try await RunningFeed().run { feed in
            let headless = ObjectKey("shop/headless")
            let ofHeadless = Objects.slice("headless-1", of: headless, ["10.1.0.7"])
            let times = [slice.key: Int64(1_000), ofHeadless.key: 2_000]
            try await feed.api.tell(.endpointSlice, .apply([.upserted(ofHeadless)]), triggerTimes: times)
            #expect(feed.told.updates.isEmpty)
            try await sync(feed.api)
            try await feed.api.tell(.service, .apply([.upserted(Objects.headless(headless))]))
            let next = Objects.slice("headless-1", of: headless, ["10.1.0.8"])
            for _ in 1...2 {
                // The second time it changes nothing, as in a fresh list.
                try await feed.api.tell(
                    .endpointSlice, .apply([.upserted(next), .upserted(slice)]), triggerTimes: times)
            }
            #expect(feed.told.updates.flatMap(\.triggerTimes) == [2_000])
        }
    }
}
