import ArgumentParser

/// What `get` can list, by kubectl's names.
enum ResourceType: String, CaseIterable {
    case services, endpoints, endpointSlices, pods, namespaces, deployments, replicaSets, statefulSets, daemonSets

    /// Every word that means the type; the first is the plural.
    var words: [String] {
        switch self {
        case .services: ["services", "service", "svc"]
        case .endpoints: ["endpoints", "ep"]
        case .endpointSlices: ["endpointslices", "endpointslice", "eps"]
        case .pods: ["pods", "pod", "po"]
        case .namespaces: ["namespaces", "namespace", "ns"]
        case .deployments: ["deployments", "deployment", "deploy"]
        case .replicaSets: ["replicasets", "replicaset", "rs"]
        case .statefulSets: ["statefulsets", "statefulset", "sts"]
        case .daemonSets: ["daemonsets", "daemonset", "ds"]
        }
    }

    /// The plural with its API group, as errors name it: `deployments.apps`.
    var qualifiedName: String {
        switch self {
        case .services, .endpoints, .pods, .namespaces: words[0]
        case .endpointSlices: "endpointslices.discovery.k8s.io"
        case .deployments, .replicaSets, .statefulSets, .daemonSets: "\(words[0]).apps"
        }
    }

    /// As `-o name` writes it: `service`, `endpoints`, which has none.
    var singular: String { self == .endpoints ? words[0] : words[1] }

    var isNamespaced: Bool { self != .namespaces }

    /// Reads any of the words, in any case.
    init?(word: String) {
        let lower = word.lowercased()
        guard let type = Self.allCases.first(where: { $0.words.contains(lower) }) else { return nil }
        self = type
    }
}

/// `-o`: nil of it is kubectl's table.
enum ObjectFormat: String, CaseIterable, ExpressibleByArgument {
    case wide, json, yaml, name
}
