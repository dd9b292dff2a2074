package import ClusterModel

/// What one look at the manifests, or news of a Kubernetes API, brought.
package struct FeedUpdate: Sendable {
    /// Every difference since the last update, derived slices and given addresses included.
    ///
    /// In the first update from nothing; of a Kubernetes API empty, since the snapshot is all there is.
    package var delta: ClusterDelta
    /// The registry after the changes.
    package var snapshot: ClusterSnapshot
    /// What was not found before, for the log.
    package var newFindings: [Finding]
    /// Everything wrong now, for `check` and metrics.
    package var findings: [Finding]
    /// False while the manifest directory is gone or was never there: the objects are the last known.
    ///
    /// For a Kubernetes API false until the registry is complete; until then only findings are told.
    package var isRootPresent: Bool
    /// When the first of the news came; nil where that is not known.
    package var arrivalTime: ContinuousClock.Instant?
    /// When the changes behind endpoints of headless Services happened, in nanoseconds since 1970.
    package var triggerTimes: [Int64] = []
    /// Whether a resource was read whole: the memory that took is free again.
    package var endsSync = false

    package init(
        delta: ClusterDelta, snapshot: ClusterSnapshot, newFindings: [Finding], findings: [Finding],
        isRootPresent: Bool
    ) {
        self.delta = delta
        self.snapshot = snapshot
        self.newFindings = newFindings
        self.findings = findings
        self.isRootPresent = isRootPresent
    }
}
