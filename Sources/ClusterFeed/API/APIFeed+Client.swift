import ClusterModel
package import KubernetesClient
import KubernetesProtocol
import Synchronization

extension APIFeed {
    /// Follows `resources` with `client`, which the caller shuts down when `run` has returned.
    package convenience init(
        _ resources: [FollowedResource], of client: APIClient, registryFile: RegistryFile? = nil,
        findings: [Finding] = []
    ) {
        let server = client.configuration.server.description
        self.init(
            Configuration(server: server, resources: resources), registryFile: registryFile, findings: findings
        ) { start, sink, pulse in
            let times = TriggerTimes()
            let machine = ObservedReflector(reflector: Reflector(start), times: times, pulse: pulse)
            await client.follow(machine, keeping: start.followed.keptFields) { action in
                await sink(FollowedNews([action], triggerTimes: times.take(after: action)))
            }
        }
    }
}

extension Reflector {
    fileprivate init(_ start: APIFeed.Start) {
        self.init(
            resource: start.followed.resource, options: ReflectorOptions(labelSelector: start.followed.labelSelector),
            resumingAt: start.resourceVersion, knownObjectCount: start.knownObjectCount,
            seed: .random(in: .min ... .max))
    }
}

/// A reflector of which is also noted that its server lives, and when the changes behind watch events happened.
private struct ObservedReflector: ListWatchMachine {
    var reflector: Reflector
    let times: TriggerTimes
    let pulse: APIFeed.Pulse

    mutating func handle(_ event: ReflectorEvent, now: Duration) -> [ReflectorAction] {
        switch event {
        case .opened, .listed, .pageEnded, .watchEnded: pulse()
        case .watched(let events):
            pulse()
            times.note(events)
        case .started, .refused, .failed, .malformed, .woke, .serverReturned: break
        }
        return reflector.handle(event, now: now)
    }
}

/// Trigger times on their way past the reflector.
private final class TriggerTimes: Sendable {
    private let times = Mutex<[ObjectKey: Int64]>([:])

    func note(_ events: [WatchEvent]) {
        times.withLock { times in
            times = [:]
            for case .added(let object) in events { times.note(object) }
            for case .modified(let object) in events { times.note(object) }
        }
    }

    /// The times of the events that led to `action`; nothing where it changes no object.
    func take(after action: ReflectorAction) -> [ObjectKey: Int64] {
        guard case .apply = action else { return [:] }
        return times.withLock { times in
            defer { times = [:] }
            return times
        }
    }
}

extension [ObjectKey: Int64] {
    fileprivate mutating func note(_ object: DecodedObject) {
        if let key = object.key, let time = object.triggerTime { self[key] = time }
    }
}
