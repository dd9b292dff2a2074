package import Answering
package import Logging
package import NIOCore

/// Everything that waits for upstreams: lanes with a thread each, and the groups they ask.
package final class Resolver: Sendable {
    let commons: ResolverCommons
    let streams: UpstreamStreams
    private let lanes: [ResolverLane]

    /// Takes threads and descriptors; throws where the system has none left.
    package init(
        publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, group: any EventLoopGroup, laneCount: Int,
        logger: Logger, limits: ResolverLimits = ResolverLimits()
    ) throws(SocketError) {
        commons = ResolverCommons(
            publisher: publisher, board: board, log: log, laneCount: laneCount, logger: logger, limits: limits)
        streams = UpstreamStreams(group: group)
        var lanes: [ResolverLane] = []
        for index in 0..<laneCount { lanes.append(try ResolverLane(index: index)) }
        self.lanes = lanes
    }

    package var limits: ResolverLimits { commons.limits }

    /// Starts the threads.
    package func start() throws(SocketError) { for lane in lanes { try lane.start(self) } }

    /// Takes over a query; false where too many wait already, and then the caller answers it.
    package func submit(_ job: ResolverJob) -> Bool {
        guard commons.admit(job) else { return false }
        hand(job)
        return true
    }

    /// Counts a query that `submit` refused and that gets no answer.
    func noteOverload() { commons.noteOverload() }

    /// Counts a query that would have been refused, had it been submitted.
    func noteTurnedAway(isTooMuch: Bool) { isTooMuch ? commons.noteOverload() : commons.noteSilence() }

    /// Counts a question that came while all upstreams of the group were down.
    func noteBroken(_ group: ForwardGroup) { commons.runtime(of: group).statistics.noteBroken() }

    /// Gives a job to the lane that asks its question.
    func hand(_ job: ResolverJob) { lanes[commons.lane(of: job.need)].post(.job(job)) }

    package var jobsInFlight: Int { commons.jobsInFlight }
    package var exchangesInFlight: Int { commons.exchangesInFlight }

    /// Queries refused for want of room.
    package func shedCount(_ reason: ShedReason) -> UInt64 { commons.shedCount(reason) }

    /// The longest time any lane has not gone round its loop, in nanoseconds.
    package var longestSilence: UInt64 { lanes.map(\.silence).max() ?? 0 }

    /// The directive at work; made where it is new.
    package func runtime(of group: ForwardGroup) -> ForwardRuntime { commons.runtime(of: group) }

    /// Takes what the files say that `forward` directives name; `apply` brings it into force.
    package func setNameservers(_ files: [String: [UpstreamAddress]]) { commons.setNameservers(files) }

    /// Brings the upstreams of these groups up to date, and forgets all others; true where an upstream is new.
    package func apply(_ groups: [ForwardGroup]) -> Bool { commons.apply(groups) }

    /// Looks for loops of every upstream of groups with `loop`; to be called once the ports are open.
    package func lookForLoops() {
        for runtime in allRuntimes where runtime.group.definition.detectsLoops {
            for upstream in runtime.upstreams { lanes[0].post(.findLoop(runtime, upstream)) }
        }
    }

    package var allRuntimes: [ForwardRuntime] { commons.allRuntimes }

    /// Returns when nobody waits any more, after `time` at the latest.
    package func drain(for time: Duration) async {
        let end = ContinuousClock.now + time
        while jobsInFlight > 0, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(5)) }
    }

    /// Ends the threads; what still waits gets no answer.
    package func stop() async {
        for lane in lanes { lane.post(.stop) }
        for lane in lanes { await lane.join() }
        await streams.close()
    }
}
