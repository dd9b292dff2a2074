package import ClusterModel
import Foundation
package import NetworkAddress
import Synchronization

/// The registry from a manifest directory: read once, or followed for as long as `run` runs.
package final class ManifestFeed: Sendable {
    package struct Configuration: Hashable, Sendable {
        /// The directory of manifests.
        package var root: String
        /// `service_cidr`, the default family first; empty: Services without an address stay without.
        package var serviceRanges: [AddressPrefix]
        /// Addresses to start from where there is no registry file to write (`RegistryFile.assignments(path:)`).
        package var assignments: [ObjectKey: [IPAddress]]

        package init(
            root: String, serviceRanges: [AddressPrefix] = [], assignments: [ObjectKey: [IPAddress]] = [:]
        ) {
            self.root = root
            self.serviceRanges = serviceRanges
            self.assignments = assignments
        }
    }

    private let configuration: Configuration
    private let registryFile: RegistryFile?
    private let registryFindings: [Finding]
    private let makeNotifier: @Sendable () throws(SystemCallError) -> OpenFile

    /// `registryFile` and the findings are what `RegistryFile.open` returned; nil keeps nothing.
    ///
    /// `makeNotifier` gives an inotify instance; another than the default stands in for a kernel with none left.
    package init(
        _ configuration: Configuration, registryFile: RegistryFile? = nil, findings: [Finding] = [],
        makeNotifier: @escaping @Sendable () throws(SystemCallError) -> OpenFile = FileCalls.makeNotifier
    ) {
        self.configuration = configuration
        self.registryFile = registryFile
        registryFindings = findings
        self.makeNotifier = makeNotifier
    }

    /// Reads everything once, for a command; what is wrong is in the findings.
    package func load() -> FeedUpdate {
        var engine = makeEngine()
        guard let update = engine.scan() else { preconditionFailure("the first look always gives an update") }
        return update
    }

    /// Calls `apply` with the whole registry, then with every change, until the task is cancelled.
    ///
    /// `apply` is awaited: changes that come meanwhile wait in the kernel and are told together. Where it has no
    /// inotify instance left, a finding says so and the manifests are looked at every second. Throws before the first
    /// call, and only where the process may open no further file at all.
    package func run(apply: @Sendable (FeedUpdate) async -> Void) async throws {
        let waker = try Waker()
        let root = ManifestDirectory(root: configuration.root).root
        let loop = FeedLoop(makeEngine(), DirectoryWatcher(root: root, makeNotifier: makeNotifier))
        await withTaskCancellationHandler {
            while let update = await loop.next(waker) { await apply(update) }
        } onCancel: {
            waker.wake()
        }
    }

    private func makeEngine() -> FeedEngine {
        FeedEngine(configuration, file: registryFile, findings: registryFindings)
    }
}

/// Keeps the blocking wait on a thread of its own.
private final class FeedLoop: Sendable {
    private struct State: ~Copyable {
        var engine: FeedEngine
        var watcher: DirectoryWatcher
        var hasBegun = false
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "manifest feed")

    init(_ engine: consuming sending FeedEngine, _ watcher: consuming sending DirectoryWatcher) {
        state = Mutex(State(engine: engine, watcher: watcher))
    }

    /// The next update; nil once `waker` has been woken.
    func next(_ waker: Waker) async -> FeedUpdate? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.waitForUpdate(waker)) }
        }
    }

    private func waitForUpdate(_ waker: Waker) -> FeedUpdate? {
        state.withLock { state in
            if !state.hasBegun {
                state.hasBegun = true
                if let first = state.engine.scan(watcher: &state.watcher) { return first }
            }
            while true {
                switch state.watcher.next(waker: waker) {
                case .nothing: return nil
                case .files(let paths):
                    if let update = state.engine.refresh(paths, watcher: state.watcher) { return update }
                case .everything:
                    if let update = state.engine.scan(watcher: &state.watcher) { return update }
                }
            }
        }
    }
}
