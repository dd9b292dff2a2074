import NetworkAddress
import Testing

@testable import NodeNetwork

/// The rules are node-cache's (kubernetes/dns, cmd/node-cache/app/cache_app.go: initIptables), in the words of nft(8).
struct NodeRulesTests {
    private static let four = [IPAddress(ipv4: 0xA9FE_140A), IPAddress(ipv4: 0x0A00_000A)]
    private static let six = [IPAddress(high: 0xFD00_0000_0000_0000, low: 10)]

    @Test func bothFamilies() {
        let rules = NodeRules(addresses: Self.four + Self.six, ports: [53], pagePorts: [8080])
        #expect(
            rules.text == """
                add table inet clusterdns
                delete table inet clusterdns
                table inet clusterdns {
                    chain prerouting {
                        type filter hook prerouting priority raw; policy accept;
                        ip daddr { 10.0.0.10, 169.254.20.10 } meta l4proto { tcp, udp } th dport { 53 } notrack
                        ip6 daddr { fd00::a } meta l4proto { tcp, udp } th dport { 53 } notrack
                    }
                    chain output {
                        type filter hook output priority raw; policy accept;
                        ip saddr { 10.0.0.10, 169.254.20.10 } meta l4proto { tcp, udp } th sport { 53 } notrack
                        ip daddr { 10.0.0.10, 169.254.20.10 } meta l4proto { tcp, udp } th dport { 53 } notrack
                        ip saddr { 10.0.0.10, 169.254.20.10 } tcp sport { 8080 } notrack
                        ip daddr { 10.0.0.10, 169.254.20.10 } tcp dport { 8080 } notrack
                        ip6 saddr { fd00::a } meta l4proto { tcp, udp } th sport { 53 } notrack
                        ip6 daddr { fd00::a } meta l4proto { tcp, udp } th dport { 53 } notrack
                        ip6 saddr { fd00::a } tcp sport { 8080 } notrack
                        ip6 daddr { fd00::a } tcp dport { 8080 } notrack
                    }
                }

                """)
    }

    @Test func nothingToTrackIsAnEmptyTable() {
        let text = NodeRules(addresses: Self.six, ports: [], pagePorts: []).text
        #expect(!text.contains("notrack") && text.contains("chain output"))
    }

    @Test func aMissingToolIsOneSentence() {
        var filter = PacketFilter(path: "", systemDirectories: [])
        let error = #expect(throws: NodeNetworkError.self) {
            try filter.apply(NodeRules(addresses: Self.four, ports: [53], pagePorts: []))
        }
        #expect(
            error?.description
                == "cannot put the rules for DNS into the packet filter: the program is not installed; "
                + "install nftables, or start with -setupnftables=false")
    }

    /// With the real nft: what it takes, and what one of two holders leaves behind.
    @Test(.enabled(if: NetworkNamespace.isAllowed, "network namespaces need root"))
    func theLastHolderTakesThemAway() async throws {
        try await NetworkNamespace.run { () throws in
            let rules = NodeRules(addresses: Self.four + Self.six, ports: [53, 1053], pagePorts: [8080])
            var (old, new) = (PacketFilter(path: ""), PacketFilter(path: ""))
            try old.apply(rules)
            try new.apply(rules)
            #expect(try !old.restore())
            #expect(try !old.release())
            #expect(try !new.restore())
            #expect(try new.release())
            try old.apply(rules)
            // Somebody else deletes the table: it is put back.
            let other = PacketFilter(path: "")
            try other.remove()
            #expect(try old.restore())
            #expect(try old.release())
        }
    }
}
