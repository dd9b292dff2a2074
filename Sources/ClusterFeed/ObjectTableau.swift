import ClusterModel

/// Which file's object counts, for every object that files define: the first in path order, then in file order.
///
/// Namespaces exist when declared, when an object lies in them, or always (`standardNamespaces`).
struct ObjectTableau: Sendable {
    static let standardNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"]

    struct ID: Hashable, Comparable {
        var kind: ObjectKind
        var key: ObjectKey

        static func < (left: ID, right: ID) -> Bool {
            (left.kind.rank, left.key) < (right.kind.rank, right.key)
        }
    }

    private struct Claim: Hashable {
        var path: String
        var place: Int
    }

    private var objects: [String: [ClusterObject]] = [:]
    private var claims: [ID: [Claim]] = [:]
    private var contested = Set<ID>()
    private var touched: Set<ID>
    private var emitted: [ID: ClusterObject] = [:]
    /// How many objects that count lie in each namespace.
    private var population: [String: Int] = [:]

    init() { touched = Set(Self.standardNamespaces.map(ID.init(namespace:))) }

    /// `objects` are now all that the file at `path` defines.
    mutating func replace(_ path: String, with objects: [ClusterObject]) {
        for object in self.objects[path] ?? [] {
            let id = ID(object)
            touched.insert(id)
            claims[id]?.removeAll { $0.path == path }
        }
        self.objects[path] = objects.isEmpty ? nil : objects
        for (place, object) in objects.enumerated() {
            let id = ID(object)
            touched.insert(id)
            claims[id, default: []].append(Claim(path: path, place: place))
        }
    }

    /// What differs since the last call, Namespaces first, each kind in key order.
    mutating func takeChanges() -> [ClusterChange] {
        var changes: [ClusterChange] = []
        for id in touched.sorted() where id.kind != .namespace { settle(id, &changes) }
        var namespaces: [ClusterChange] = []
        for id in touched.sorted() where id.kind == .namespace { settle(id, &namespaces) }
        touched = []
        return namespaces + changes
    }

    /// One warning for each definition that does not count.
    func duplicates() -> [Finding] {
        contested.flatMap { id -> [Finding] in
            let all = (claims[id] ?? []).compactMap { object(at: $0) }
            guard let winner = all.first?.metadata.source else { return [] }
            return all.dropFirst().map { loser in
                Finding(
                    .warning, file: loser.metadata.source?.file ?? "", line: loser.metadata.source?.line,
                    message: "\(id.kind.rawValue) \(id.key) is defined in \(winner) too, which counts (the first in "
                        + "path order); remove one of the two")
            }
        }
    }

    private mutating func settle(_ id: ID, _ changes: inout [ClusterChange]) {
        claims[id]?.sort { ($0.path, $0.place) < ($1.path, $1.place) }
        let count = claims[id]?.count ?? 0
        if count == 0 { claims[id] = nil }
        if count > 1 { contested.insert(id) } else { contested.remove(id) }
        let (before, after) = (emitted[id], winner(of: id))
        if before == after { return }
        emitted[id] = after
        if id.kind != .namespace { populate(id.key.namespace, (after == nil ? 0 : 1) - (before == nil ? 0 : 1)) }
        changes.append(after.map { .upserted($0) } ?? .removed(id.kind, id.key))
    }

    private func winner(of id: ID) -> ClusterObject? {
        if let object = claims[id]?.first.flatMap({ object(at: $0) }) { return object }
        guard id.kind == .namespace else { return nil }
        let exists = population[id.key.name] != nil || Self.standardNamespaces.contains(id.key.name)
        return exists ? .namespace(Namespace(metadata: ObjectMetadata(name: id.key.name, namespace: ""))) : nil
    }

    private func object(at claim: Claim) -> ClusterObject? { objects[claim.path]?[claim.place] }

    private mutating func populate(_ namespace: String, _ difference: Int) {
        if difference == 0 { return }
        let count = population[namespace, default: 0] + difference
        population[namespace] = count == 0 ? nil : count
        touched.insert(ID(namespace: namespace))
    }
}

extension ObjectTableau.ID {
    init(_ object: ClusterObject) { self.init(kind: object.kind, key: object.key) }
    init(namespace: String) { self.init(kind: .namespace, key: ObjectKey(namespace: "", name: namespace)) }
}

extension ObjectKind {
    fileprivate var rank: Int { ObjectKind.allCases.firstIndex(of: self) ?? 0 }
}
