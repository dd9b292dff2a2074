/// The name of a namespaced object: unique among the objects of one kind.
package struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// Where a manifest defines an object; objects read from an API server have none.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// Counted from 1; the line on which the object's document starts.
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }
}

/// The part of Kubernetes' `ObjectMeta` that DNS, the environment and `get` need.
package struct ObjectMetadata: Hashable, Sendable {
    package var name: String
    /// Empty for cluster-scoped kinds.
    package var namespace: String
    package var labels: [String: String]
    package var annotations: [String: String]
    package var uid: String
    package var resourceVersion: String
    /// Seconds since 1970-01-01 UTC; nil where the manifest has no `creationTimestamp`.
    package var creationTime: Int64?
    package var deletionTime: Int64?
    package var source: SourceLocation?

    package init(
        name: String, namespace: String = "default", labels: [String: String] = [:],
        annotations: [String: String] = [:], uid: String = "", resourceVersion: String = "", creationTime: Int64? = nil,
        deletionTime: Int64? = nil,
        source: SourceLocation? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.creationTime = creationTime
        self.deletionTime = deletionTime
        self.source = source
    }

    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}
