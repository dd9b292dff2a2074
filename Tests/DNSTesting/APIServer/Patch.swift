/// Merges patches: JSON merge patch (RFC 7396), and as much of the strategic one as `kubectl apply` and `patch` send.
enum Patch {
    /// By which field the elements of a list are known (the `patchMergeKey` tags of k8s.io/api).
    private static let mergeKeys = [
        "ports": ["port", "containerPort"], "containers": ["name"], "initContainers": ["name"], "env": ["name"],
        "conditions": ["type"], "ownerReferences": ["uid"], "podIPs": ["ip"], "hostAliases": ["ip"],
    ]

    static func merge(_ old: JSONValue, _ patch: JSONValue, isStrategic: Bool) -> JSONValue {
        guard let changes = patch.object else { return patch }
        if isStrategic, changes["$patch"] == "replace" { return patch.without("$patch") }
        var merged = old.object == nil ? JSONValue.object([:]) : old
        for (name, value) in changes {
            // Directives are about the field behind the slash; the order of elements does not matter here.
            if isStrategic, name.hasPrefix("$") { continue }
            switch (value, merged[name]) {
            case (.null, _): merged[name] = nil
            case (.array(let new), .some(.array(let old))) where isStrategic:
                merged[name] = .array(elements(old, new, name))
            case (_, let old): merged[name] = merge(old ?? .null, value, isStrategic: isStrategic)
            }
        }
        return merged
    }

    private static func elements(_ old: [JSONValue], _ new: [JSONValue], _ name: String) -> [JSONValue] {
        let keys = mergeKeys[name] ?? []
        guard let key = keys.first(where: { key in new.contains { $0[key] != nil } }) else { return new }
        var merged = old
        for change in new {
            let index = merged.firstIndex { $0[key] == change[key] }
            switch (index, change["$patch"]) {
            case (let index?, "delete"): merged.remove(at: index)
            case (nil, "delete"): break
            case (let index?, _): merged[index] = merge(merged[index], change, isStrategic: true)
            case (nil, _): merged.append(change)
            }
        }
        return merged
    }
}

extension JSONValue {
    fileprivate func without(_ field: String) -> JSONValue {
        var value = self
        value[field] = nil
        return value
    }
}
