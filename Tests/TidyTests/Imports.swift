/// Who may import whom: the table of targets, from the bottom to the top.
enum Imports {
    /// Each target with all it may import of ours; those marked `isPlain` import nothing from outside but the C library.
    private static let table: [String: (own: Set<String>, isPlain: Bool)] = {
        let base: Set = ["NetworkAddress"]
        let model: Set = ["ClusterModel"]
        let zone: Set = ["DNSZone", "DNSWire"]
        let api = base.union(model).union(["KubernetesProtocol"])
        let answering = base.union(model).union(zone).union([
            "ClusterZone", "Corefile", "Patterns", "TSIG", "Transfers",
        ])
        let serving = answering.union(["Answering", "CLinux"])
        let admin = serving.union(["Serving"])
        return [
            "NetworkAddress": ([], true),
            "DNSWire": ([], true),
            "Patterns": ([], true),
            "Corefile": (base, true),
            "ClusterModel": (base, true),
            "DNSZone": (["DNSWire", "CMemory"], true),
            "ClusterZone": (base.union(model).union(zone), true),
            "TSIG": (["DNSWire", "CCrypto"], true),
            "Transfers": (zone.union(["TSIG"]), true),
            "Answering": (answering, true),
            "ZoneFiles": (zone.union(["CLDNS"]), true),
            "KubernetesProtocol": (base.union(model), false),
            "KubernetesClient": (api, false),
            "ClusterFeed": (api.union(["KubernetesClient"]), false),
            "Serving": (serving, false),
            "Admin": (admin, false),
            "Supervision": (["CSystemd"], true),
            "Confinement": (["CLinux"], true),
            "NodeNetwork": (base.union(["CLinux"]), true),
            "ClusterDNS": (
                admin.union(api).union([
                    "Admin", "Supervision", "Confinement", "NodeNetwork", "ClusterFeed", "KubernetesClient",
                    "ZoneFiles",
                ]), false
            ),
        ]
    }()

    /// Part of the toolchain and free of Foundation.
    private static let toolchain: Set = ["Dispatch", "Glibc", "Synchronization"]

    static var targets: Set<String> { Set(table.keys) }

    /// The modules that a file's `import` lines name.
    static func names(in code: [String]) -> [String] {
        code.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 2, place + 1 < words.count else { return nil }
            return words[(place + 1)...].first { !["struct", "class", "enum", "func", "protocol"].contains($0) }
                .map { String($0.split(separator: ".")[0]) }
        }
    }

    static func mayImport(_ module: String, from target: String) -> Bool {
        guard let rule = table[target] else { return true }
        let isOurs = table[module] != nil || ["CLinux", "CMemory", "CLDNS", "CCrypto", "CSystemd"].contains(module)
        if isOurs { return rule.own.contains(module) }
        return toolchain.contains(module) || !rule.isPlain
    }
}
