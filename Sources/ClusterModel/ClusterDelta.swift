/// What one or more changes did to the view: each entry is (before, after), nil where the object did not exist.
///
/// The two differ in content: whoever makes a delta leaves out what is as before, and readers do not compare again.
package struct ClusterDelta: Hashable, Sendable {
    package struct Difference<Value: Hashable & Sendable>: Hashable, Sendable {
        package var before: Value?
        package var after: Value?

        package init(before: Value?, after: Value?) {
            self.before = before
            self.after = after
        }
    }

    package var services: [ObjectKey: Difference<ServiceView>]
    package var namespaces: [String: Difference<Namespace>]
    package var pods: [ObjectKey: Difference<Pod>]
    package var serviceImports: [ObjectKey: Difference<ServiceImportView>]

    package init(
        services: [ObjectKey: Difference<ServiceView>] = [:], namespaces: [String: Difference<Namespace>] = [:],
        pods: [ObjectKey: Difference<Pod>] = [:], serviceImports: [ObjectKey: Difference<ServiceImportView>] = [:]
    ) {
        self.services = services
        self.namespaces = namespaces
        self.pods = pods
        self.serviceImports = serviceImports
    }

    package var isEmpty: Bool { services.isEmpty && namespaces.isEmpty && pods.isEmpty && serviceImports.isEmpty }
}

extension ClusterDelta {
    /// Adds what a later delta changed; what came back to where it was is no difference.
    package mutating func merge(_ later: ClusterDelta) {
        Self.merge(&services, later.services)
        Self.merge(&namespaces, later.namespaces)
        Self.merge(&pods, later.pods)
        Self.merge(&serviceImports, later.serviceImports)
    }

    private static func merge<Key, Value: ComparableContent>(
        _ earlier: inout [Key: Difference<Value>], _ later: [Key: Difference<Value>]
    ) {
        for (key, change) in later {
            guard let known = earlier[key] else {
                earlier[key] = change
                continue
            }
            let isSame = hasSameContent(known.before, change.after)
            earlier[key] = isSame ? nil : Difference(before: known.before, after: change.after)
        }
    }
}
