package import ClusterModel
import DNSWire
import DNSZone

/// A whole zone made at once: each Service is written into the memory it stays in, with nothing kept beside.
private struct ZoneCompilation: ~Copyable {
    private let schema: ZoneSchema
    private var ledger: ZoneLedger
    private var names: NameTableBuilder
    private var pointers = ReverseTableBuilder()
    /// Names that do not come from Services.
    private var edits: ZoneEdits
    private var writer = NameBlockWriter()

    init(_ options: ClusterZoneOptions, serviceCount: Int) {
        schema = ZoneSchema(options)
        ledger = ZoneLedger(options: options)
        // Its own name, a protocol, a port.
        names = NameTableBuilder(expectedNameCount: 3 * serviceCount * options.forwardZones.count)
        edits = ZoneEdits(schema)
    }

    mutating func append(_ snapshot: ClusterSnapshot, _ filter: RegistryFilter) {
        var namespaces: [String: Namespace] = [:]
        for (name, namespace) in snapshot.namespaces where filter.exposes(namespace: name, namespace) {
            namespaces[name] = namespace
            edits.setNamespace(name, exists: true)
        }
        snapshot.forEachView { view in
            let namespace = namespaces[view.service.metadata.namespace]
            if let view = filter.filtered(view, namespace: namespace) { append(view) }
        }
        guard schema.options.pods == .verified else { return }
        var pods: [ObjectKey: ClusterDelta.Difference<Pod>] = [:]
        for (key, pod) in snapshot.pods where filter.includes(pod, namespace: namespaces[pod.metadata.namespace]) {
            pods[key] = .init(before: nil, after: pod)
        }
        ledger.replace(pods, &edits)
    }

    private mutating func append(_ view: ServiceView) {
        let content = ServiceContent(view, schema)
        _ = ledger.replace(view.service.key, by: content)
        writer.removeAll()
        content.write(to: &writer)
        names.append(blocks: writer.octets)
        schema.forEachPointer(of: content) { pointers.append($0, $1) }
    }

    consuming func finish() -> (table: NameTable, reverse: ReverseTable, ledger: ZoneLedger) {
        ledger.setStructure(&edits)
        for case .some(let block) in edits.blocks.values { names.append(blocks: block) }
        let table = names.finish()
        return (table, pointers.finish(names: table), ledger)
    }
}

extension ClusterZone {
    /// The zone of everything in `snapshot` that passes `filter`: the same as a chain of deltas leads to.
    ///
    /// Some microseconds a Service and a third of one an endpoint; at its peak about twice the memory that it keeps.
    package convenience init(
        options: ClusterZoneOptions, serial: UInt32, snapshot: ClusterSnapshot, filter: RegistryFilter
    ) {
        var compilation = ZoneCompilation(options, serviceCount: snapshot.count(of: .service))
        compilation.append(snapshot, filter)
        let (table, reverse, ledger) = compilation.finish()
        self.init(
            options: options, serial: serial, isComplete: true, table: table, reverse: reverse, ledger: ledger)
    }
}
