package import ClusterModel
import KubernetesProtocol
import Synchronization

/// How an API feed fares, for the pages of operators.
package struct APIFeedStatus: Sendable {
    package struct Resource: Sendable {
        /// As in paths: `endpointslices`.
        package let name: String
        package let kind: ObjectKind
        package internal(set) var objectCount = 0
        /// The last answer, event, bookmark or orderly end of a watch; for objects of the registry file, when it was saved.
        package internal(set) var lastSignOfLife: ContinuousClock.Instant
        package internal(set) var isInSync = false
        /// Why the objects may be out of date, in a sentence; nil while all is well.
        package internal(set) var problem: String?
        /// Objects that were skipped since the start because they could not be read.
        package internal(set) var rejectedCount: UInt64 = 0
        /// Lists since the start that came empty although many objects are known.
        package internal(set) var emptiedCount: UInt64 = 0
    }

    package internal(set) var resources: [Resource]
    /// The registry file the answers come from; nil as soon as every resource is in sync with the server.
    package internal(set) var servedFile: String?

    /// Why the registry may be out of date, in a sentence; nil while all is well.
    package var problem: String? {
        var problems = servedFile.map { ["the answers come from \($0)"] } ?? []
        // What concerns the whole server is said once.
        for (index, resource) in resources.enumerated() {
            guard let message = resource.problem, !resources[..<index].contains(where: { $0.problem == message }) else {
                continue
            }
            let names = resources[index...].filter { $0.problem == message }.map(\.name).joined(separator: ", ")
            problems.append("\(names): \(message.hasSuffix(".") ? String(message.dropLast()) : message)")
        }
        return problems.isEmpty ? nil : problems.joined(separator: "; ")
    }
}

/// Where the feed writes its status and the pages read it.
final class APIFeedBoard: Sendable {
    private let current: Mutex<APIFeedStatus>

    init(_ configuration: APIFeed.Configuration) {
        let resources = configuration.resources.map(\.resource)
        current = Mutex(
            APIFeedStatus(resources: resources.map { .init(name: $0.name, kind: $0.kind, lastSignOfLife: .now) }))
    }

    var status: APIFeedStatus { current.withLock { $0 } }

    func update(_ body: (inout APIFeedStatus) -> Void) { current.withLock { body(&$0) } }

    func update(_ kind: ObjectKind, _ body: (inout APIFeedStatus.Resource) -> Void) {
        update { status in
            guard let index = status.resources.firstIndex(where: { $0.kind == kind }) else { return }
            body(&status.resources[index])
        }
    }

    func notePulse(of kind: ObjectKind) { update(kind) { $0.lastSignOfLife = .now } }

    func noteLife(_ kind: ObjectKind, count: Int, at time: ContinuousClock.Instant) {
        update(kind) { resource in
            resource.lastSignOfLife = time
            resource.objectCount = count
        }
    }

    /// `problem` is what is wrong with the resource after the report.
    func note(_ report: ReflectorReport, problem: String?) {
        update(report.resource.kind) { resource in
            resource.problem = problem
            if report.cause == .object { resource.rejectedCount += 1 }
            if report.cause == .emptied { resource.emptiedCount += 1 }
        }
    }
}
