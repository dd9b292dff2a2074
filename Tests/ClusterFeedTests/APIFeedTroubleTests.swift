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

    /// An outage and its end are a pair of lines, however often they come.
    @Test func theEndOfAnOutageThatWasSaidIsSaid() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let count = feed.told.log.count
            for cause in [
                ReflectorReport.Cause.unreachable, .recovered, .unreachable, .recovered, .refused, .recovered,
            ] {
                try await feed.api.tell(.service, Self.report(cause, .services, cause.rawValue))
            }
            let lines = ["unreachable", "recovered", "refused", "recovered"]
            #expect(feed.told.log.dropFirst(count).map(\.message) == lines.map { "services: \($0)" })
        }
    }

    @Test func objectsThatAreSkippedAreNamedAndCounted() async throws {
        try await RunningFeed().run { feed in
            try await sync(feed.api)
            let count = feed.told.log.count
            for number in [1, 2, 1] + Array(3...15) {
                try await feed.api.tell(
                    .service, Self.report(.object, .services, "services shop/\(number) is skipped."))
            }
            // Ten are named, once each; a thousand more must not fill the log.
            try await feed.told.expect { $0.log.count >= count + 11 }
            let lines = feed.told.log.dropFirst(count).map(\.message)
            let more = "services: services shop/11 is skipped. More are skipped than are named here."
            #expect(lines == (1...10).map { "services: services shop/\($0) is skipped." } + [more])
            let services = feed.feed.status.resources.first { $0.kind == .service }
            #expect(services?.rejectedCount == 16 && services?.problem == nil)
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
