package import ClusterModel
import DNSWire
import DNSZone
import Dispatch
import Synchronization

/// A whole zone made at once: each Service is written into the memory it stays in, with nothing kept beside.
private struct ZoneCompilation {
    /// Many Services are compiled in so many parts, on as many cores as there are.
    private static let partCountMax = 4
    /// With fewer Services a part would take less time than a thread needs to begin.
    private static let servicesPerPart = 500

    private let options: ClusterZoneOptions
    private let schema: ZoneSchema
    /// Names that do not come from Services.
    private var edits: ZoneEdits
    private var ledger: ZoneLedger
    private var parts: [ZonePart] = []

    init(_ options: ClusterZoneOptions) {
        self.options = options
        schema = ZoneSchema(options)
        ledger = ZoneLedger(options: options)
        edits = ZoneEdits(schema)
    }

    mutating func append(_ snapshot: ClusterSnapshot, _ filter: RegistryFilter) {
        var namespaces: [String: Namespace] = [:]
        for (name, namespace) in snapshot.namespaces where filter.exposes(namespace: name, namespace) {
            namespaces[name] = namespace
            edits.setNamespace(name, exists: true)
        }
        parts =
            options.layout == .clusterSet
            ? [compileImports(of: snapshot, filter, namespaces)] : compileServices(of: snapshot, filter, namespaces)
        for part in parts { ledger.append(part.ledger) }
        guard options.pods == .verified else { return }
        var pods: [ObjectKey: ClusterDelta.Difference<Pod>] = [:]
        for (key, pod) in snapshot.pods where filter.includes(pod, namespace: namespaces[pod.metadata.namespace]) {
            pods[key] = .init(before: nil, after: pod)
        }
        ledger.replace(pods, &edits)
    }

    private func compileServices(
        of snapshot: ClusterSnapshot, _ filter: RegistryFilter, _ namespaces: [String: Namespace]
    ) -> [ZonePart] {
        let serviceCount = snapshot.count(of: .service)
        let partCount = max(1, min(Self.partCountMax, serviceCount / Self.servicesPerPart))
        let made = Mutex<[Int: ZonePart]>([:])
        DispatchQueue.concurrentPerform(iterations: partCount) { index in
            var part = ZonePart(schema, serviceCount: serviceCount)
            snapshot.forEachView(ofPart: index, of: partCount) { view in
                let namespace = namespaces[view.service.metadata.namespace]
                if let view = filter.filtered(view, namespace: namespace) { part.append(view) }
            }
            made.withLock { $0[index] = part }
        }
        return made.withLock { parts in (0..<partCount).compactMap { parts.removeValue(forKey: $0) } }
    }

    private func compileImports(
        of snapshot: ClusterSnapshot, _ filter: RegistryFilter, _ namespaces: [String: Namespace]
    ) -> ZonePart {
        let keys = snapshot.keys(of: .serviceImport)
        var part = ZonePart(schema, serviceCount: keys.count)
        for key in keys {
            guard let view = snapshot.importView(of: key),
                let passed = filter.filtered(view, namespace: namespaces[key.namespace])
            else { continue }
            part.append(ServiceView(passed))
        }
        return part
    }

    consuming func finish() -> (table: NameTable, reverse: ReverseTable, ledger: ZoneLedger) {
        ledger.setStructure(&edits)
        var names: [NameTableBuilder] = []
        var pointers = ReverseTableBuilder()
        for index in parts.indices {
            let part = parts[index].take()
            names.append(part.names)
            pointers.append(part.pointers)
        }
        var others = NameTableBuilder()
        for case .some(let block) in edits.blocks.values { others.append(blocks: block) }
        names.append(others)
        let table = NameTableBuilder.finish(&names)
        return (table, pointers.finish(names: table), ledger)
    }
}

/// What some of the Services lead to.
private struct ZonePart: Sendable {
    private let schema: ZoneSchema
    private(set) var ledger: ZoneLedger
    private var names: NameTableBuilder
    private var pointers = ReverseTableBuilder()
    private var writer = NameBlockWriter()

    /// `serviceCount` is that of all parts, so that the tables of all go together.
    init(_ schema: ZoneSchema, serviceCount: Int) {
        self.schema = schema
        ledger = ZoneLedger(options: schema.options)
        // Its own name, a protocol, a port.
        names = NameTableBuilder(expectedNameCount: 3 * serviceCount * schema.options.forwardZones.count)
    }

    mutating func append(_ view: ServiceView) {
        let content = ServiceContent(view, schema)
        _ = ledger.replace(view.service.key, by: content)
        writer.removeAll()
        content.write(to: &writer)
        names.append(blocks: writer.octets)
        schema.forEachPointer(of: content) { pointers.append($0, $1) }
    }

    /// Gives the tables away, and keeps nothing of them.
    mutating func take() -> (names: NameTableBuilder, pointers: ReverseTableBuilder) {
        defer { (names, pointers) = (NameTableBuilder(), ReverseTableBuilder()) }
        return (names, pointers)
    }
}

extension ClusterZone {
    /// The zone of everything in `snapshot` that passes `filter`: the same as a chain of deltas leads to.
    ///
    /// Some microseconds a Service and a third of one an endpoint, on up to four cores; at its peak about twice the
    /// memory that it keeps.
    package convenience init(
        options: ClusterZoneOptions, serial: UInt32, snapshot: ClusterSnapshot, filter: RegistryFilter
    ) {
        var compilation = ZoneCompilation(options)
        compilation.append(snapshot, filter)
        let (table, reverse, ledger) = compilation.finish()
        self.init(
            options: options, serial: serial, isComplete: true, table: table, reverse: reverse, ledger: ledger)
    }
}
