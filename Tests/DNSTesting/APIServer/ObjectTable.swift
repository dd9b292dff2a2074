import Foundation

/// Objects as rows, for `kubectl get` (`meta.k8s.io/v1 Table`; columns as in k8s.io/kubernetes pkg/printers).
enum ObjectTable {
    struct Column: Sendable {
        var name: String
        /// Shown with `-o wide` only.
        var isWide = false
        var cell: @Sendable (JSONValue) -> JSONValue
    }

    static func table(
        _ objects: [StoredObject], _ type: ResourceType, metadata: JSONValue, apiVersion: String
    ) -> JSONValue {
        let columns = columns(of: type)
        let definitions = columns.map { column -> JSONValue in
            [
                "name": .string(column.name), "type": "string", "description": .string(column.name),
                "format": column.name == "Name" ? "name" : "", "priority": column.isWide ? 1 : 0,
            ]
        }
        let rows = objects.map { object -> JSONValue in
            var partial: JSONValue = ["kind": "PartialObjectMetadata", "apiVersion": .string(apiVersion)]
            partial["metadata"] = object.value["metadata"]
            return ["cells": .array(columns.map { $0.cell(object.value) }), "object": partial]
        }
        return [
            "kind": "Table", "apiVersion": .string(apiVersion), "metadata": metadata,
            "columnDefinitions": .array(definitions), "rows": .array(rows),
        ]
    }

    private static func columns(of type: ResourceType) -> [Column] {
        let name = Column(name: "Name") { text($0, "metadata", "name") }
        let age = Column(name: "Age", cell: ObjectTable.age)
        switch type {
        case .services: return [name] + services + [age, Column(name: "Selector", isWide: true, cell: selector)]
        case .endpointSlices: return [name] + slices + [age]
        case .pods: return [name] + pods + [age] + widePods
        case .namespaces: return [name, Column(name: "Status") { text($0, "status", "phase") }, age]
        case .configMaps: return [name, Column(name: "Data", cell: dataCount), age]
        case .secrets:
            let type = Column(name: "Type") { .string($0["type"]?.string ?? "Opaque") }
            return [name, type, Column(name: "Data", cell: dataCount), age]
        case .serviceImports:
            let ips = Column(name: "IP") { joined($0["spec"]?["ips"]?.array?.compactMap(\.string)) }
            return [name, Column(name: "Type") { text($0, "spec", "type") }, ips, age]
        default: return [name, age]
        }
    }

    private static let services = [
        Column(name: "Type") { text($0, "spec", "type") },
        Column(name: "Cluster-IP") { text($0, "spec", "clusterIP") },
        Column(name: "External-IP") { service in
            if let name = service["spec"]?["externalName"], name.string?.isEmpty == false { return name }
            return joined(service["spec"]?["externalIPs"]?.array?.compactMap(\.string))
        },
        Column(name: "Port(s)") { service in
            joined(
                service["spec"]?["ports"]?.array?.map { port in
                    let node = port["nodePort"]?.integer.map { ":\($0)" } ?? ""
                    return "\(port["port"]?.integer ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
                })
        },
    ]

    private static let slices = [
        Column(name: "AddressType") { $0["addressType"] ?? "" },
        Column(name: "Ports") {
            joined($0["ports"]?.array?.map { $0["port"]?.integer.map(String.init) ?? "*" }, "<unset>")
        },
        Column(name: "Endpoints") { slice in
            let all = slice["endpoints"]?.array?.flatMap { $0["addresses"]?.array?.compactMap(\.string) ?? [] } ?? []
            let more = all.count > 3 ? [" + \(all.count - 3) more..."] : []
            return .string(all.isEmpty ? "<unset>" : all.prefix(3).joined(separator: ",") + more.joined())
        },
    ]

    private static let pods = [
        Column(name: "Ready") { pod in
            let statuses = pod["status"]?["containerStatuses"]?.array ?? []
            let total = pod["spec"]?["containers"]?.array?.count ?? 0
            return .string("\(statuses.filter { $0["ready"] == true }.count)/\(total)")
        },
        Column(name: "Status") { pod in
            pod["metadata"]?["deletionTimestamp"]?.string == nil ? text(pod, "status", "phase") : "Terminating"
        },
        Column(name: "Restarts") { pod in
            let counts = pod["status"]?["containerStatuses"]?.array?.compactMap { $0["restartCount"]?.integer } ?? []
            return .string(String(counts.reduce(0, +)))
        },
    ]

    private static let widePods = [
        Column(name: "IP", isWide: true) { text($0, "status", "podIP") },
        Column(name: "Node", isWide: true) { text($0, "spec", "nodeName") },
        Column(name: "Nominated Node", isWide: true) { text($0, "status", "nominatedNodeName") },
        Column(name: "Readiness Gates", isWide: true) { _ in "<none>" },
    ]

    @Sendable private static func age(_ object: JSONValue) -> JSONValue {
        guard let start = object["metadata"]?["creationTimestamp"]?.string.flatMap(Timestamp.seconds) else {
            return "<unknown>"
        }
        let seconds = max(0, Int64(Date().timeIntervalSince1970) - start)
        let units: [(limit: Int64, size: Int64, name: String)] = [
            (120, 1, "s"), (7200, 60, "m"), (172_800, 3600, "h"), (.max, 86400, "d"),
        ]
        return .string(units.first { seconds < $0.limit }.map { "\(seconds / $0.size)\($0.name)" } ?? "")
    }

    @Sendable private static func selector(_ service: JSONValue) -> JSONValue {
        joined(service["spec"]?["selector"]?.strings.map { "\($0.key)=\($0.value)" }.sorted())
    }

    @Sendable private static func dataCount(_ object: JSONValue) -> JSONValue {
        .string(String((object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0)))
    }

    private static func text(_ object: JSONValue, _ outer: String, _ inner: String) -> JSONValue {
        let text = object[outer]?[inner]?.string ?? ""
        return .string(text.isEmpty ? "<none>" : text)
    }

    private static func joined(_ words: [String]?, _ none: String = "<none>") -> JSONValue {
        .string(words.flatMap { $0.isEmpty ? nil : $0.joined(separator: ",") } ?? none)
    }
}
