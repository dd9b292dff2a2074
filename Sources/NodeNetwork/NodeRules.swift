package import NetworkAddress

/// Packet filter rules that keep DNS to the node's own addresses out of connection tracking.
///
/// Without them each query over UDP costs a place in the table of connections for half a minute, and where kube-proxy
/// rewrites packets to a Service's address (iptables mode), those to an address that this node has too never arrive. They
/// are the rules of node-cache, as one table of nftables for both families.
package struct NodeRules: Hashable, Sendable {
    /// The table; nobody else's is touched.
    package static let table = "inet clusterdns"

    package var addresses: [IPAddress]
    /// Ports that answer DNS, over UDP and TCP.
    package var ports: [UInt16]
    /// Ports of pages that the node itself asks for (`/health`), over TCP.
    package var pagePorts: [UInt16]

    package init(addresses: [IPAddress], ports: [UInt16], pagePorts: [UInt16]) {
        self.addresses = addresses
        self.ports = ports
        self.pagePorts = pagePorts
    }

    /// What `nft -f -` reads: the table as it is to be, in place of one that may be there, in one transaction.
    package var text: String {
        let rules = [(IPFamily.ipv4, "ip"), (.ipv6, "ip6")].map { family, word in
            Family(word: word, addresses: addresses.filter { $0.family == family }.sorted(), rules: self)
        }
        return """
            add table \(Self.table)
            delete table \(Self.table)
            table \(Self.table) {
                chain prerouting {
                    type filter hook prerouting priority raw; policy accept;
            \(rules.flatMap(\.incoming).joined())    }
                chain output {
                    type filter hook output priority raw; policy accept;
            \(rules.flatMap(\.outgoing).joined())    }
            }

            """
    }

    static let deletion = "delete table \(table)\n"

    /// The rules of one address family.
    private struct Family {
        var word: String
        var addresses: [IPAddress]
        var rules: NodeRules

        /// Queries that come to this node.
        var incoming: [String] {
            guard !addresses.isEmpty, !rules.ports.isEmpty else { return [] }
            return [line("daddr", "meta l4proto { tcp, udp } th dport", rules.ports)]
        }

        /// Answers, and what processes of this node ask.
        var outgoing: [String] {
            guard !addresses.isEmpty else { return [] }
            var lines: [String] = []
            if !rules.ports.isEmpty {
                lines.append(line("saddr", "meta l4proto { tcp, udp } th sport", rules.ports))
                lines.append(line("daddr", "meta l4proto { tcp, udp } th dport", rules.ports))
            }
            if !rules.pagePorts.isEmpty {
                lines.append(line("saddr", "tcp sport", rules.pagePorts))
                lines.append(line("daddr", "tcp dport", rules.pagePorts))
            }
            return lines
        }

        private func line(_ side: String, _ match: String, _ ports: [UInt16]) -> String {
            let (from, to) = (Self.set(addresses), Self.set(Set(ports).sorted()))
            return "        \(word) \(side) \(from) \(match) \(to) notrack\n"
        }

        private static func set(_ elements: [some CustomStringConvertible]) -> String {
            "{ " + elements.map(\.description).joined(separator: ", ") + " }"
        }
    }
}
