import Answering
import ClusterModel
import ClusterZone
import Corefile
import DNSWire

/// Says why a name was answered as it was: which rule, and which object with its place.
struct LookupReasons {
    let snapshot: ClusterSnapshot
    let definition: RegistryDefinition
    let zone: ClusterZone

    /// `zone` is compiled from the registry.
    init(_ registry: LoadedRegistry, zone: ClusterZone) {
        snapshot = registry.snapshot
        definition = registry.definition
        self.zone = zone
    }

    /// One sentence without its full stop.
    func reason(for name: Name, _ type: RRType, _ outcome: Lookup.Outcome, plugin: String) -> String {
        switch plugin {
        case "": return "no server block of the Corefile answers for this name"
        case "kubernetes": break
        default: return "answered by \"\(plugin)\""
        }
        var folded = FoldedName()
        folded.set(name)
        guard let index = zone.apexIndex(of: folded) else { return "answered by another \"kubernetes\" directive" }
        let apex = zone.apexes[index]
        if apex.isReverse { return reverseReason(name, outcome) }
        let labels = name.labels.dropLast(apex.suffix.labelCount).map {
            String(decoding: $0, as: UTF8.self).lowercased()
        }
        return forwardReason(Array(labels.reversed()), apex.name, type, outcome)
    }

    /// Takes the labels from the zone downwards: `svc`, the namespace, the Service and what is below it.
    private func forwardReason(_ path: [String], _ apex: Name, _ type: RRType, _ outcome: Lookup.Outcome) -> String {
        switch path.first {
        case nil: return "the apex of the cluster zone"
        case "svc": return serviceReason(Array(path.dropFirst()), type, outcome)
        case "pod": return podReason(Array(path.dropFirst()), outcome)
        case "dns", "dns-version": return outcome == .noName ? "nothing has this name" : "a name of the zone itself"
        case .some(let label):
            let zone = apex.bareText
            return
                "nothing is called \"\(label)\" below \(zone): Services are below svc.\(zone), Pods below pod.\(zone)"
        }
    }

    private func serviceReason(_ path: [String], _ type: RRType, _ outcome: Lookup.Outcome) -> String {
        guard let namespace = path.first else { return "the parent of all Services, without records of its own" }
        if let missing = missingNamespace(namespace) { return missing }
        guard path.count > 1 else { return "namespace \"\(namespace)\", which has no records of its own" }
        let key = ObjectKey(namespace: namespace, name: path[1])
        guard let service = snapshot.services[key] else { return noService(key) }
        if !definition.filter.objects.matches(service.metadata.labels) {
            return "\(service.summary) is left out by the option \"labels\""
        }
        if let silence = silence(of: service) { return "\(service.summary): \(silence)" }
        return path.count == 2
            ? "\(service.summary)\(noData(service, type, outcome))"
            : below(service, Array(path.dropFirst(2)), type, outcome)
    }

    private func noService(_ key: ObjectKey) -> String {
        let text = "no Service \"\(key.name)\" in namespace \"\(key.namespace)\""
        let elsewhere = snapshot.services.keys.filter { $0.name == key.name }.map(\.namespace).sorted()
        if !elsewhere.isEmpty {
            let names = elsewhere.map { "\(key.name).\($0)" }.joined(separator: " or ")
            return "\(text); there is \(names)"
        }
        let others = snapshot.services(inNamespace: key.namespace).map(\.metadata.name)
        return text + (NearestWord.nearest(to: key.name, in: others).map { "; did you mean \"\($0)\"?" } ?? "")
    }

    /// Why names in the namespace do not exist; nil where they may.
    func missingNamespace(_ name: String) -> String? {
        guard let namespace = snapshot.namespaces[name] else {
            let near = NearestWord.nearest(to: name, in: snapshot.namespaces.keys.sorted())
            return "no namespace \"\(name)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? "")
        }
        if definition.filter.exposes(namespace: name, namespace) { return nil }
        return "namespace \"\(name)\" is left out by the options \"namespaces\" or \"namespace_labels\""
    }
}
