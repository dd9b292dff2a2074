import Synchronization

/// Counts what went wrong with the node's network and configuration (`coredns_nodecache_setup_errors_total`).
final class NodeSetupErrors: Sendable {
    /// node-cache's values of the label `errortype`.
    enum Kind: String, CaseIterable {
        case configmap
        case interfaceAdd = "interface_add"
        case interfaceCheck = "interface_check"
        /// Rules of the packet filter, whichever tool sets them.
        case iptables
        case iptablesLock = "iptables_lock"
    }

    private let counts = Mutex<[Kind: UInt64]>([:])

    func count(_ kind: Kind) { counts.withLock { $0[kind, default: 0] += 1 } }

    /// Every kind, also those that never happened.
    var byName: [String: UInt64] {
        let counts = counts.withLock { $0 }
        return Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0.rawValue, counts[$0] ?? 0) })
    }
}
