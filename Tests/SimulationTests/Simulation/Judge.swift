import ClusterModel
import KubernetesProtocol

/// What must hold in every history, and the first thing that did not.
struct Judge {
    /// After the last fault the view is right within this time, unless a fault is of a kind that takes longer to notice.
    static let promptness = Duration.seconds(2)
    /// A silent connection is replaced after this time at most.
    static let silenceMax = Duration.seconds(35)
    /// Full reads at once, with those for which the server refunds one; then one a minute.
    private static let fullReadBurst = 8
    private static let checkBurst = 6
    private static let requestsPerSecondMax = 12

    private(set) var failure: String?
    var truth = ClusterSnapshot()
    var rightAfter: Duration?
    var faultCount = 0
    private(set) var requestCount = 0
    private(set) var fullReadCount = 0
    private var fullReads = [[Duration]](repeating: [], count: SimulatedRegistry.resources.count)
    private var checks = [[Duration]](repeating: [], count: SimulatedRegistry.resources.count)
    private var requests = [[Duration]](repeating: [], count: SimulatedRegistry.resources.count)
    /// Whether the last request of a resource was a list of one object that was not refused.
    private var isAfterCheck = [Bool](repeating: false, count: SimulatedRegistry.resources.count)
    /// Full reads in a row that the server answered with nothing.
    private var emptyAnswers: [ObjectKind: Int] = [:]
    /// What the last sweep of a resource took.
    private var swept = [Set<ObjectKey>](repeating: [], count: SimulatedRegistry.resources.count)
    /// Whether the view of a resource was swept since the last restart of either side, so that it is exact from then on.
    private var isExact = [Bool](repeating: false, count: SimulatedRegistry.resources.count)
    private var extensions: [(until: Duration, by: Duration)] = []

    mutating func fail(_ sentence: String) { failure = failure ?? sentence }

    mutating func restarted() {
        jumped()
        clusterChanged()
    }

    /// Our side's clock moved more than ours, so that it may believe to have waited.
    mutating func jumped() {
        for index in fullReads.indices {
            (fullReads[index], checks[index], requests[index]) = ([], [], [])
        }
    }

    /// A fault that ends the history before `until` may take this long to be noticed.
    mutating func extendAllowance(until: Duration, by: Duration) { extensions.append((until, by)) }

    func allowance(at now: Duration) -> Duration {
        let isSpent = fullReads.contains { $0.filter { now - $0 < .seconds(240) }.count >= 5 }
        let extra = extensions.filter { $0.until >= now }.map(\.by) + (isSpent ? [.seconds(62)] : [])
        return extra.reduce(Self.promptness, max)
    }

    mutating func sent(_ request: APIRequest, by index: Int, isBusy: Bool, _ now: Duration) {
        requestCount += 1
        if isBusy { fail("\(request.resource.name) has two requests in flight") }
        if request["continue"] == nil { requests[index].append(now) }
        // A list of one object that a full read follows was a probe, and is paid for by that.
        if request.isFullRead && isAfterCheck[index] { refundCheck(index) }
        isAfterCheck[index] = request.isCheck
        let recent = requests[index].suffix(Self.requestsPerSecondMax)
        if recent.count == Self.requestsPerSecondMax, let first = recent.first, now - first < .seconds(1) {
            fail("\(request.resource.name) spins")
        }
        if request.isFullRead {
            fullReadCount += 1
            fullReads[index].append(now)
            judge(fullReads[index], burst: Self.fullReadBurst, request.resource)
        }
        guard request.isCheck else { return }
        checks[index].append(now)
        judge(checks[index], burst: Self.checkBurst, request.resource)
    }

    /// Fails where more were sent than a few and one a minute.
    private mutating func judge(_ times: [Duration], burst: Int, _ resource: APIResource) {
        guard let first = times.first, let last = times.last else { return }
        if times.count > burst + Int((last - first) / .seconds(60)) {
            fail("\(resource.name) was listed \(times.count) times in \(last - first)")
        }
    }

    /// The server refused a full read without doing it.
    mutating func refund(_ index: Int) { if !fullReads[index].isEmpty { fullReads[index].removeLast() } }

    /// The same of a list of one object.
    mutating func refundCheck(_ index: Int) {
        if !checks[index].isEmpty { checks[index].removeLast() }
        isAfterCheck[index] = false
    }

    mutating func clusterChanged() { isExact = isExact.map { _ in false } }

    mutating func answered(_ kind: ObjectKind, isEmpty: Bool) {
        emptyAnswers[kind] = isEmpty ? emptyAnswers[kind, default: 0] + 1 : 0
    }

    /// Where much was known, nothing is believed only when it was said twice.
    mutating func swept(
        _ index: Int, keeping keys: Set<ObjectKey>, from before: Set<ObjectKey>, to after: Set<ObjectKey>
    ) {
        isExact[index] = true
        swept[index] = before.subtracting(after)
        let kind = SimulatedRegistry.resources[index].kind
        // A reflector counts about right: some more than its bound, and it must have asked again.
        let isMuch = before.count >= SimulatedRegistry.guardedObjectCount + 3
        if keys.isEmpty && isMuch && emptyAnswers[kind, default: 0] < 2 {
            fail("\(kind.rawValue): one empty list took \(before.count) objects")
        }
    }

    /// Whoever reached a version holds what the cluster held then, save what could not be read.
    mutating func reached(_ index: Int, _ version: String, _ cluster: SimulatedCluster, _ view: ClusterSnapshot) {
        guard isExact[index], let revision = UInt64(version) else { return }
        let kind = SimulatedRegistry.resources[index].kind
        let records = cluster.records(of: kind, at: revision)
        if let key = swept[index].first(where: { records[$0] != nil }) { fail("\(key) was swept, but was there") }
        swept[index] = []
        let hasAll = records.allSatisfy { !$0.value.isReadable || view.object(kind, $0.key) == $0.value.object }
        // As many as there are, all of them there: none is left to be one too many.
        let isSame = hasAll && view.count(of: kind) == records.count && records.values.allSatisfy(\.isReadable)
        let hasMore = !isSame && !view.keys(of: kind).allSatisfy { records[$0] != nil }
        if !hasAll || hasMore {
            fail("\(kind.rawValue) says it reached \(version) and holds other objects than there were")
        }
    }
}

extension Simulation {
    /// No request in flight stays without a sign of life for longer than the bound.
    func judgeSilence() {
        for id in flights.compactMap({ $0 }) {
            guard let connection = connections[id], now - connection.lastSign > Judge.silenceMax else { continue }
            judge.fail("\(SimulatedRegistry.resources[connection.index].name) was silent since \(connection.lastSign)")
        }
    }
}
