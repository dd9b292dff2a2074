import ClusterModel

/// What has changed since the last update of an API feed, and is to be told with the next.
struct PendingUpdate {
    var delta = ClusterDelta()
    var findings: [Finding] = []
    var triggerTimes: [Int64] = []
    var endsSync = false
    private var arrivalTime: ContinuousClock.Instant?

    /// Whether there is nothing to tell.
    var isEmpty: Bool { delta.isEmpty && findings.isEmpty && triggerTimes.isEmpty && !endsSync }

    /// The first news after an update are those that wait the longest for the next.
    mutating func noteArrival() { arrivalTime = arrivalTime ?? .now }

    func update(_ snapshot: ClusterSnapshot, problems: FeedProblems, isComplete: Bool) -> FeedUpdate {
        var update = FeedUpdate(
            delta: delta, snapshot: snapshot, newFindings: findings, findings: problems.findings,
            isRootPresent: isComplete)
        update.arrivalTime = arrivalTime
        update.triggerTimes = triggerTimes
        update.endsSync = endsSync
        return update
    }
}
