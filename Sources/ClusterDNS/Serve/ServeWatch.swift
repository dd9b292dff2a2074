import Answering
import ServiceLifecycle
import Serving
import UnixSignals

/// What has to be looked at from time to time: the Corefile, hosts and zone files, signals.
struct ServeWatch: Service {
    /// How often: an interval of `reload` or `hosts` is kept to within this.
    private static let interval = Duration.milliseconds(500)
    /// A page whose address is in use is tried again this often.
    private static let pagesInterval = Duration.seconds(1)
    /// Requests that may wait while a reload takes its time.
    private static let requestCountMax = 32

    let publisher: Publisher
    let reload: ServeReload
    let hosts: ServeHosts
    let zoneFiles: ServeZoneFiles
    let upstreams: ServeUpstreams
    let resolver: Resolver
    let admin: ServeAdmin
    let phase: ServePhase

    /// What is asked for: a reload, for one of two reasons, or another try to open pages that have no address yet.
    private enum Request { case signal, interval, pages }

    func run() async throws {
        let (requests, asking) = AsyncStream.makeStream(
            of: Request.self, bufferingPolicy: .bufferingNewest(Self.requestCountMax))
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await followSignals(asking) }
                group.addTask { await lookAround(asking) }
                group.addTask { await answer(requests) }
                group.addTask { await lookAtZoneFiles() }
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
            case .pages: await admin.retry()
            }
        }
    }

    private func followSignals(_ asking: AsyncStream<Request>.Continuation) async {
        for await _ in await UnixSignalsSequence(trapping: .sighup, .sigusr1) { asking.yield(.signal) }
    }

    private func lookAround(_ asking: AsyncStream<Request>.Continuation) async {
        let jitter = publisher.state.configuration.reload.map { $0.jitter * Double.random(in: 0..<1) } ?? .zero
        var checked = ContinuousClock.now - jitter
        var tried = ContinuousClock.now
        while !Task.isCancelled {
            let configuration = publisher.state.configuration
            if let settings = configuration.reload, ContinuousClock.now - checked >= settings.interval {
                checked = .now
                asking.yield(.interval)
            }
            if admin.isIncomplete, ContinuousClock.now - tried >= Self.pagesInterval {
                tried = .now
                asking.yield(.pages)
            }
            await hosts.refresh(configuration.hosts)
            if await upstreams.refresh() { resolver.lookForLoops() }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// By themselves, since a zone of a million records takes seconds to read.
    private func lookAtZoneFiles() async {
        while !Task.isCancelled {
            await zoneFiles.refresh()
            try? await Task.sleep(for: Self.interval)
        }
    }
}
