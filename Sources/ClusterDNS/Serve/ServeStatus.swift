import Admin
import Answering
import Corefile
import Serving
import Supervision
import Synchronization

/// The line that `systemctl status` shows: what is answered where, and what is wrong.
final class ServeStatus: Sendable {
    /// Addresses that are spelled out; of more, only their number is said.
    private static let shownAddressCountMax = 4

    private struct State {
        /// The line last sent.
        var sent = ""
        /// Why the last reload was refused.
        var reloadFailure: String?
        var parts: [@Sendable () -> String?] = []
    }

    private let systemd: SystemdNotifier
    private let publisher: Publisher
    private let phase: ServePhase
    private let metrics: ServeMetrics
    private let state = Mutex(State())

    init(systemd: SystemdNotifier, publisher: Publisher, phase: ServePhase, metrics: ServeMetrics) {
        self.systemd = systemd
        self.publisher = publisher
        self.phase = phase
        self.metrics = metrics
    }

    /// From now on `part` has its words in the line, behind those before it; nil for none.
    func join(_ part: @escaping @Sendable () -> String?) { state.withLock { $0.parts.append(part) } }

    /// Keeps in mind how the last reload ended.
    func noteReload(failure: String?) { state.withLock { $0.reloadFailure = failure } }

    /// Tells systemd of a change in the server's life, with the line of that moment.
    func notify(_ state: SystemdNotifier.State) {
        let line = state == .reloading ? "reloading; \(line)" : line
        self.state.withLock { $0.sent = line }
        systemd.notify(state, status: line)
    }

    /// Sends the line where it differs from the last one.
    func refresh() {
        let line = line
        let isNew = state.withLock { state in
            defer { state.sent = line }
            return state.sent != line
        }
        if isNew { systemd.notify(status: line) }
    }

    private var line: String {
        let serving = publisher.state
        let figures = metrics.figures(serving, isShuttingDown: false)
        let (failure, parts) = state.withLock { ($0.reloadFailure, $0.parts) }
        return Self.line(
            phase: phase.phase, serving.configuration, registries: figures.registries,
            parts: parts.compactMap { $0() }, reloadFailure: failure)
    }

    /// `answering 3 zones on :53; registry complete`.
    static func line(
        phase: ServePhase.Phase, _ configuration: ServerConfiguration, registries: [RegistryStatus], parts: [String],
        reloadFailure: String?
    ) -> String {
        var words: [String] = []
        let zones = Set(configuration.listeners.flatMap(\.routes).map(\.zone)).count
        let place = "\(zones) zone\(zones == 1 ? "" : "s") on \(Self.places(configuration.listeners.map(\.address)))"
        switch phase {
        case .starting: words.append("starting, to answer \(place)")
        case .serving: words.append("answering \(place)")
        case .stopping: words.append("stopping; still answering \(place)")
        }
        if !registries.isEmpty {
            let lacking = registries.filter { !$0.isComplete }.count
            let few = registries.count == 1 ? "registry" : "\(lacking) of \(registries.count) registries"
            words.append(lacking == 0 ? "registry complete" : "\(few) not complete")
            words += registries.compactMap(\.problem).prefix(1)
        }
        words += parts
        if let reloadFailure { words.append("the last reload was refused: \(reloadFailure)") }
        return words.joined(separator: "; ")
    }

    private static func places(_ addresses: [ListenAddress]) -> String {
        if addresses.isEmpty { return "no address" }
        if addresses.count > shownAddressCountMax { return "\(addresses.count) addresses" }
        return addresses.map { $0.scheme == .dns ? $0.hostAndPort : $0.description }.joined(separator: ", ")
    }
}
