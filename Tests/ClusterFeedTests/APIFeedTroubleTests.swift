import ClusterFeed
import ClusterModel
import KubernetesProtocol
import Testing

/// What an API feed says of outages and of objects that cannot be read.
struct APIFeedTroubleTests {
    private let web = ObjectKey("shop/web")

    private func sync(_ api: ScriptedAPI) async throws {
        for kind in [ObjectKind.namespace, .endpointSlice] { try await api.list(kind, [], version: "5") }
        try await api.list(.service, [Objects.service(web)], version: "7")
    }

    private static func report(
        _ cause: ReflectorReport.Cause, _ resource: APIResource = .services, _ message: String = "It is away."
    ) -> ReflectorAction {
        .report(ReflectorReport(cause, resource, message))
    }

    @Test func anOutageIsSaidOnceAndShownUntilItEnds() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let count = feed.told.log.count
            for kind in [ObjectKind.service, .endpointSlice] {
                let resource: APIResource = kind == .service ? .services : .endpointSlices
                try await feed.api.tell(kind, Self.report(.unreachable, resource))
            }
            #expect(feed.told.log.count == count + 1)
            #expect(feed.told.log.last?.severity == .warning && feed.told.log.last?.file == ScriptedAPI.server)
            #expect(feed.feed.status.problem == "services, endpointslices: It is away")
            #expect(feed.told.updates.last?.findings.isEmpty == false && feed.told.endpoints(of: web) == [])
            for kind in [ObjectKind.service, .endpointSlice] {
                let resource: APIResource = kind == .service ? .services : .endpointSlices
                try await feed.api.tell(kind, Self.report(.recovered, resource, "All is well."))
            }
            #expect(feed.feed.status.problem == nil)
            #expect(feed.told.log.last?.message == "services: All is well.")
        }
    }

    /// Before anything is known the operator learns why.
    @Test func troubleIsToldBeforeTheRegistryIs() async throws {
        try await RunningFeed().run { feed in
            try await feed.api.tell(.service, Self.report(.forbidden, .services, "Grant list."))
            #expect(!feed.told.isComplete && feed.told.log.map(\.severity) == [.error])
            #expect(feed.told.log.map(\.description) == ["\(ScriptedAPI.server): error: services: Grant list."])
        }
    }

    @Test func objectsThatAreSkippedAreCounted() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let count = feed.told.log.count
            for number in 1...5 {
                try await feed.api.tell(
                    .service, Self.report(.object, .services, "services shop/\(number) is skipped."))
            }
            // The first is named; a thousand more must not fill the log.
            #expect(feed.told.log.dropFirst(count).map(\.message) == ["services: services shop/1 is skipped."])
            let services = feed.feed.status.resources.first { $0.kind == .service }
            #expect(services?.rejectedCount == 5 && services?.problem == nil)
        }
    }

    @Test func anEmptyListIsAnAlarm() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            try await feed.api.tell(.service, Self.report(.emptied, .services, "The list is empty."))
            #expect(feed.feed.status.resources.map(\.emptiedCount) == [0, 1, 0])
            #expect(feed.told.log.last?.severity == .error && feed.told.endpoints(of: web) == [])
        }
    }
}
