package import ClusterModel

/// One object as a manifest names it: what a refused object keeps its last good state by.
package struct ManifestIdentity: Hashable, Sendable, CustomStringConvertible {
    package var kind: String
    /// Empty for cluster-scoped kinds.
    package var namespace: String
    package var name: String

    package var description: String { "\(kind) \(ObjectKey(namespace: namespace, name: name))" }
}

/// One object of a manifest, read or refused.
package struct ManifestEntry: Hashable, Sendable {
    /// nil where not even kind and name could be read.
    package var identity: ManifestIdentity?
    /// One for most kinds, some for `Endpoints`; nil for an object that was refused.
    package var objects: [ClusterObject]?
}

/// What one manifest text gave.
package struct DecodedManifest: Hashable, Sendable {
    /// In the order written; empty for a text that cannot be read as a whole.
    package var entries: [ManifestEntry] = []
    package var findings: [Finding] = []
    /// True where the text as a whole is refused, so that nothing is known of its objects: keep what was there.
    package var isRefused = false

    package var objects: [ClusterObject] { entries.flatMap { $0.objects ?? [] } }

    init() {}

    init(refused finding: Finding) {
        findings = [finding]
        isRefused = true
    }
}
