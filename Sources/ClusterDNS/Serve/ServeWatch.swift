import Answering
import Logging
import ServiceLifecycle
import Serving
import Supervision
import UnixSignals

/// What has to be looked at from time to time: the Corefile, hosts files, signals, and whether the workers are alive.
struct ServeWatch: Service {
    /// The shortest interval of `reload` and `hosts` is a multiple of this.
    private static let interval = Duration.milliseconds(500)
    /// A worker is stuck when it has not gone round its loop for this long; an idle one does so twice a second.
    private static let silenceMax = UInt64(5_000_000_000)

    let publisher: Publisher
    let reload: ServeReload
    let hosts: ServeHosts
    let udp: UDPListeners
    let systemd: SystemdNotifier

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await followSignals() }
                group.addTask { await lookAround() }
            }
        }
    }

    private func followSignals() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup, .sigusr1) { await reload.reload() }
    }

    private func lookAround() async {
        let jitter = publisher.state.configuration.reload.map { $0.jitter * Double.random(in: 0..<1) } ?? .zero
        var checked = ContinuousClock.now - jitter
        while !Task.isCancelled {
            let configuration = publisher.state.configuration
            if let settings = configuration.reload, ContinuousClock.now - checked >= settings.interval {
                checked = .now
                await reload.reloadIfChanged()
            }
            await hosts.refresh(configuration.hosts)
            if udp.longestSilence < Self.silenceMax { systemd.pingWatchdog() }
            try? await Task.sleep(for: Self.interval)
        }
    }
}
