import Answering
import ServiceLifecycle
import Serving
import Supervision
import UnixSignals

/// What has to be looked at from time to time: the Corefile, hosts files, signals, and whether the workers are alive.
struct ServeWatch: Service {
    /// How often: an interval of `reload` or `hosts` is kept to within this.
    private static let interval = Duration.milliseconds(500)
    /// In nanoseconds: a worker that has not gone round its loop for this long is stuck; an idle one does so twice a second.
    private static let silenceMax = UInt64(5_000_000_000)

    let publisher: Publisher
    let reload: ServeReload
    let hosts: ServeHosts
    let upstreams: ServeUpstreams
    let resolver: Resolver
    let udp: UDPListeners
    let systemd: SystemdNotifier
    let phase: ServePhase

    /// Why a reload is asked for.
    private enum Request { case signal, interval }

    func run() async throws {
        let (requests, asking) = AsyncStream.makeStream(of: Request.self, bufferingPolicy: .bufferingNewest(4))
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await followSignals(asking) }
                group.addTask { await lookAround(asking) }
                group.addTask { await answer(requests) }
            }
        }
    }

    /// One reload after the other, and none before the first ports are open.
    private func answer(_ requests: AsyncStream<Request>) async {
        for await request in requests {
            while phase.phase == .starting, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
            switch request {
            case .signal: await reload.reload()
            case .interval: await reload.reloadIfChanged()
            }
        }
    }

    private func followSignals(_ asking: AsyncStream<Request>.Continuation) async {
        for await _ in await UnixSignalsSequence(trapping: .sighup, .sigusr1) { asking.yield(.signal) }
    }

    private func lookAround(_ asking: AsyncStream<Request>.Continuation) async {
        let jitter = publisher.state.configuration.reload.map { $0.jitter * Double.random(in: 0..<1) } ?? .zero
        let hasWatchdog = systemd.watchdogInterval != nil
        var checked = ContinuousClock.now - jitter
        while !Task.isCancelled {
            let configuration = publisher.state.configuration
            if let settings = configuration.reload, ContinuousClock.now - checked >= settings.interval {
                checked = .now
                asking.yield(.interval)
            }
            await hosts.refresh(configuration.hosts)
            if await upstreams.refresh() { resolver.lookForLoops() }
            if hasWatchdog, max(udp.longestSilence, resolver.longestSilence) < Self.silenceMax {
                systemd.pingWatchdog()
            }
            try? await Task.sleep(for: Self.interval)
        }
    }
}
