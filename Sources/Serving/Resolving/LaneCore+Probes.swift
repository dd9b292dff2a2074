import Answering
import DNSWire
import Logging

/// Questions that find out how upstreams are: whether one that failed is up again, whether one loops.
extension LaneCore {
    func goesDown(_ runtime: ForwardRuntime, _ upstream: Upstream, _ trouble: String) {
        runtime.noteStates()
        commons.logger.warning(
            "plugin/forward: \(trouble), so it is not asked until it answers a probe; see to that server or its network"
        )
        probe(runtime, upstream)
    }

    func comesUp(_ runtime: ForwardRuntime, _ upstream: Upstream) {
        runtime.noteStates()
        commons.logger.info("plugin/forward: \(upstream.address) answers again")
        if runtime.group.definition.detectsLoops, upstream.figures.isLooping { findLoop(runtime, upstream) }
    }

    /// Asks an upstream that is down, or seems to be; again after an interval, until it answers or is configured no more.
    func probe(_ runtime: ForwardRuntime, _ upstream: Upstream) {
        let check = runtime.group.definition.healthCheck
        guard runtime.upstreams.contains(where: { $0 === upstream }) else { return }
        switch upstream.beginProbe(interval: check.interval.nanoseconds, at: now) {
        case .begins:
            let question = UpstreamQuestion(name: check.domain, type: .ns)
            startProbe(.health(upstream), question, runtime, upstream)
        case .isTooEarly where upstream.figures.isDown:
            let time = now &+ check.interval.nanoseconds
            probes.append(Probe(time: time, purpose: .health, runtime: runtime, upstream: upstream))
        case .isUnderWay, .isTooEarly: break
        }
    }

    /// Asks an upstream for a name that nobody else knows: should it come in as a question, the upstream loops.
    package func findLoop(_ runtime: ForwardRuntime, _ upstream: Upstream) {
        guard runtime.upstreams.contains(where: { $0 === upstream }) else { return }
        let timeout = ResolverLimits.probeTimeout.nanoseconds
        let label = runtime.group.loops.begin(now: now, deadline: now &+ 2 * timeout, using: &random)
        guard let name = try? runtime.group.definition.from.prepending(label) else { return }
        let question = UpstreamQuestion(name: name, type: .hinfo)
        startProbe(.loop(upstream, label: label), question, runtime, upstream)
    }

    func endProbe(_ exchange: LaneExchange, isAnswered: Bool) {
        switch exchange.purpose {
        case .query: break
        case .health(let upstream):
            if upstream.endProbe(isAnswered: isAnswered) {
                goesDown(exchange.runtime, upstream, "\(upstream.address) answers no probe")
            }
            guard upstream.figures.isDown else { return }
            exchange.runtime.statistics.noteHealthFailure(to: upstream.label)
            let interval = exchange.runtime.group.definition.healthCheck.interval.nanoseconds
            probes.append(
                Probe(time: now &+ interval, purpose: .health, runtime: exchange.runtime, upstream: upstream))
        case .loop(let upstream, let label):
            endLoopProbe(exchange.runtime, upstream, isSeen: exchange.runtime.group.loops.end(label), isAnswered)
        }
    }

    private func endLoopProbe(_ runtime: ForwardRuntime, _ upstream: Upstream, isSeen: Bool, _ isAnswered: Bool) {
        let wasLooping = upstream.figures.isLooping
        if isSeen {
            upstream.setLooping(true)
            if !wasLooping {
                commons.logger.error(
                    """
                    plugin/loop: \(upstream.address) sends questions back to this server, so it is not asked; \
                    forward to a resolver that does not use this server, such as the nameservers in \
                    /run/systemd/resolve/resolv.conf
                    """)
            }
        } else if isAnswered, wasLooping {
            upstream.setLooping(false)
            commons.logger.info("plugin/loop: \(upstream.address) no longer sends questions back, and is asked again")
        }
        guard isSeen || !isAnswered else { return }
        let pause = isSeen ? ResolverLimits.loopInterval : ResolverLimits.loopRetryInterval
        probes.append(
            Probe(time: now &+ pause.nanoseconds, purpose: .loop, runtime: runtime, upstream: upstream))
    }
}
