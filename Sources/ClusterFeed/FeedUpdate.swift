package import ClusterModel

/// What one look at the manifests brought.
package struct FeedUpdate: Sendable {
    /// Every difference since the last update, derived slices and given addresses included; from nothing in the first.
    package var delta: ClusterDelta
    /// The registry after the changes.
    package var snapshot: ClusterSnapshot
    /// What was not found before, for the log.
    package var newFindings: [Finding]
    /// Everything wrong now, for `check` and metrics.
    package var findings: [Finding]
    /// False while the manifest directory is gone or was never there: the objects are the last known.
    package var isRootPresent: Bool
}
