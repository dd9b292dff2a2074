import ClusterModel

/// The objects of a cluster under one rising revision, with as much history as was not compacted: etcd in small.
struct SimulatedCluster {
    struct Record {
        var object: ClusterObject
        var revision: UInt64
        /// False: it is sent in a form that nobody can read.
        var isReadable: Bool
    }

    struct Change {
        enum Verb { case added, modified, deleted }

        var verb: Verb
        var record: Record
    }

    static let kinds: [ObjectKind] = [.namespace, .service, .endpointSlice, .pod]

    private(set) var revision: UInt64 = 1_000
    /// Changes up to this revision are forgotten.
    private(set) var compacted: UInt64 = 1_000
    private(set) var records: [ObjectKind: [ObjectKey: Record]] = [:]
    private var history: [ObjectKind: [Change]] = [:]
    /// What there was after each change, for judging who says to have come that far.
    private var states: [ObjectKind: [(revision: UInt64, records: [ObjectKey: Record])]] = [:]
    /// How far each write moves the revision; large before a restore and 1 after it, so that a cluster that was set back
    /// does not catch up with versions it gave out before: nobody could tell those apart.
    var stride: UInt64 = 100

    func count(_ kind: ObjectKind) -> Int { records[kind]?.count ?? 0 }

    /// In key order, as etcd lists them.
    func sorted(_ kind: ObjectKind) -> [Record] {
        (records[kind] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }

    func changes(of kind: ObjectKind, after revision: UInt64) -> [Change] {
        let all = history[kind] ?? []
        let start = all.lastIndex { $0.record.revision <= revision }.map { $0 + 1 } ?? 0
        return Array(all[start...])
    }

    /// What there was of a kind at a revision.
    func records(of kind: ObjectKind, at revision: UInt64) -> [ObjectKey: Record] {
        states[kind]?.last { $0.revision <= revision }?.records ?? [:]
    }

    mutating func put(_ object: ClusterObject, isReadable: Bool = true) {
        revision += stride
        let record = Record(object: object.versioned(revision), revision: revision, isReadable: isReadable)
        let old = records[object.kind, default: [:]].updateValue(record, forKey: object.key)
        note(Change(verb: old == nil ? .added : .modified, record: record))
    }

    /// A removed object is sent as it last was, with the revision of its removal.
    mutating func remove(_ kind: ObjectKind, _ key: ObjectKey) {
        guard var record = records[kind]?.removeValue(forKey: key) else { return }
        revision += stride
        record.revision = revision
        record.object = record.object.versioned(revision)
        note(Change(verb: .deleted, record: record))
    }

    private mutating func note(_ change: Change) {
        let kind = change.record.object.kind
        history[kind, default: []].append(change)
        states[kind, default: []].append((revision, records[kind] ?? [:]))
    }

    mutating func compact() {
        compacted = revision
        history = [:]
    }

    /// Writes every object anew that cannot be read, in a readable form.
    mutating func mend() {
        for kind in Self.kinds {
            for record in sorted(kind) where !record.isReadable { put(record.object) }
        }
    }

    /// All of it, through a store of its own.
    var snapshot: ClusterSnapshot {
        var store = ClusterStore()
        let objects = Self.kinds.flatMap { sorted($0).map { ClusterChange.upserted($0.object) } }
        _ = store.apply(objects)
        return store.snapshot
    }
}

extension ClusterObject {
    fileprivate func versioned(_ revision: UInt64) -> ClusterObject {
        switch self {
        case .namespace(var object):
            object.metadata.resourceVersion = "\(revision)"
            return .namespace(object)
        case .service(var object):
            object.metadata.resourceVersion = "\(revision)"
            return .service(object)
        case .endpointSlice(var object):
            object.metadata.resourceVersion = "\(revision)"
            return .endpointSlice(object)
        case .pod(var object):
            object.metadata.resourceVersion = "\(revision)"
            return .pod(object)
        case .configMap, .secret, .workload, .serviceImport: return self
        }
    }
}
