package import ClusterModel

/// How far the objects of one kind in the registry file go.
package struct StoredResource: Hashable, Sendable {
    /// What they were read from: server, selectors, kept fields; others than these would be objects of another registry.
    package var fingerprint: String
    /// Where a watch goes on.
    package var resourceVersion: String
    /// Seconds since 1970: when they were last known to be what the server has.
    package var savedTime: Int64

    package init(fingerprint: String, resourceVersion: String, savedTime: Int64) {
        self.fingerprint = fingerprint
        self.resourceVersion = resourceVersion
        self.savedTime = savedTime
    }
}

/// What the registry file holds.
package struct StoredRegistry: Sendable {
    package internal(set) var objects: [PackedObject] = []
    /// How far the objects go; without an entry there are none of that kind.
    package internal(set) var resources: [ObjectKind: StoredResource] = [:]
    /// What is wrong with the file.
    package internal(set) var findings: [Finding] = []
}

/// What the registry file lacks: the registry at one moment, and which parts of it are new.
package struct RegistryImage: Sendable {
    package var snapshot: ClusterSnapshot
    /// Objects that were stored or removed since the last image.
    package var changed: [ObjectKind: Set<ObjectKey>]
    /// Kinds of which every object that is not in the snapshot is to go.
    package var swept: Set<ObjectKind>
    /// The kinds that got further, each with its objects in the snapshot.
    package var resources: [ObjectKind: StoredResource]

    package init(
        snapshot: ClusterSnapshot, changed: [ObjectKind: Set<ObjectKey>] = [:], swept: Set<ObjectKind> = [],
        resources: [ObjectKind: StoredResource] = [:]
    ) {
        self.snapshot = snapshot
        self.changed = changed
        self.swept = swept
        self.resources = resources
    }

    package var isEmpty: Bool { changed.isEmpty && swept.isEmpty && resources.isEmpty }
}
