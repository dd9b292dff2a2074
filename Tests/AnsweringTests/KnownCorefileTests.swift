import Answering
import Corefile
import DNSTesting
import DNSWire
import Testing

/// Corefiles as installers write them: each is taken without a change and without a warning.
struct KnownCorefileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var text: String
        /// What `import` finds beside it.
        var files: [String: String] = [:]
        /// For each block its first zone, and the directives that see queries, in chain order.
        var want: [String]
        var testDescription: String { label }
    }

    static let rows = [kubeadm, nodeLocal, k3s, aks, openShift]

    @Test(arguments: rows) func taken(_ row: Row) throws {
        var files = row.files
        files["Corefile"] = row.text
        let corefile = try Corefile.parse(file: "Corefile", loader: Files(files: files))
        let configuration = try ServerConfiguration(
            corefile, directory: "/etc/coredns", environment: ConfigurationEnvironment(), series: SeriesRegistry())
        #expect(configuration.warnings.isEmpty)
        let blocks = configuration.blocks.map { block in
            ([block.zones[0].description] + block.plugins.map { type(of: $0).directive }).joined(separator: " ")
        }
        #expect(blocks == row.want)
    }

    private struct Files: CorefileLoader {
        var files: [String: String]

        func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
            guard let text = files[path] else { throw CorefileLoadFailure(reason: "no such file") }
            return Array(text.utf8)
        }

        /// A pattern has one asterisk.
        func files(matching pattern: String) -> [String] {
            let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
            return files.keys.filter { $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[parts.count - 1]) }.sorted()
        }

        func environmentVariable(_ name: String) -> String? { nil }
    }

    static let kubeadm = Row(
        label: "kubeadm 1.36",
        text: """
            .:53 {
                errors
                health {
                   lameduck 5s
                }
                ready
                kubernetes cluster.local in-addr.arpa ip6.arpa {
                   pods insecure
                   fallthrough in-addr.arpa ip6.arpa
                   ttl 30
                }
                prometheus :9153
                forward . /etc/resolv.conf {
                   max_concurrent 1000
                }
                cache 30 {
                   disable success cluster.local
                   disable denial cluster.local
                }
                loop
                reload
                loadbalance
            }
            """,
        want: [". kubernetes loop forward"])

    private static func nodeLocalBlock(_ key: String, _ cache: String, _ forward: String, _ health: String = "")
        -> String
    {
        """
        \(key) {
            errors
            \(cache)
            reload
            loop
            bind 169.254.20.10 10.0.0.10
            \(forward)
            prometheus :9253
            \(health)
            }

        """
    }

    private static let forceTCP = "forward . 10.96.0.10 {\n            force_tcp\n    }"

    static let nodeLocal = Row(
        label: "NodeLocal DNSCache",
        text: nodeLocalBlock(
            "cluster.local:53", "cache {\n            success 9984 30\n            denial 9984 5\n    }", forceTCP,
            "health 169.254.20.10:8080")
            + nodeLocalBlock("in-addr.arpa:53", "cache 30", forceTCP)
            + nodeLocalBlock("ip6.arpa:53", "cache 30", forceTCP)
            + nodeLocalBlock(".:53", "cache 30", "forward . /etc/resolv.conf"),
        want: ["cluster.local. loop forward", "in-addr.arpa. loop forward", "ip6.arpa. loop forward", ". loop forward"])

    static let k3s = Row(
        label: "k3s with a customised zone",
        text: """
            .:53 {
                errors
                health
                ready
                kubernetes cluster.local in-addr.arpa ip6.arpa {
                  pods insecure
                  fallthrough in-addr.arpa ip6.arpa
                }
                hosts /etc/coredns/NodeHosts {
                  ttl 60
                  reload 15s
                  fallthrough
                }
                prometheus :9153
                forward . /etc/resolv.conf
                cache 30
                loop
                reload
                loadbalance
                import /etc/coredns/custom/*.override
            }
            import /etc/coredns/custom/*.server
            """,
        files: [
            "/etc/coredns/custom/log.override": "log\n",
            "/etc/coredns/custom/corp.server": "corp.example {\n  forward . 192.0.2.1\n}\n",
        ],
        want: [". hosts kubernetes loop forward", "corp.example. forward"])

    static let aks = Row(
        label: "AKS, nothing customised",
        text: #"""
            .:53 {
                errors
                ready
                health {
                  lameduck 5s
                }
                kubernetes cluster.local in-addr.arpa ip6.arpa {
                  pods insecure
                  fallthrough in-addr.arpa ip6.arpa
                  ttl 30
                }
                prometheus :9153
                forward . /etc/resolv.conf
                cache 30
                loop
                reload
                loadbalance
                import custom/*.override
                template ANY ANY internal.cloudapp.net {
                  match "^(?:[^.]+\.){4,}internal\.cloudapp\.net\.$"
                  rcode NXDOMAIN
                  fallthrough
                }
                template ANY ANY reddog.microsoft.com {
                  rcode NXDOMAIN
                }
            }
            import custom/*.server
            """#,
        want: [". template template kubernetes loop forward"])

    static let openShift = Row(
        label: "OpenShift",
        text: """
            # corp
            corp.example:5353 {
                prometheus 127.0.0.1:9153
                forward . 192.0.2.1 192.0.2.2 {
                    policy random
                }
                errors
                log . {
                    class error
                }
                bufsize 1232
                cache 900 {
                    denial 9984 30
                }
            }
            .:5353 {
                bufsize 512
                errors
                log . {
                    class error
                }
                health {
                    lameduck 20s
                }
                ready
                kubernetes cluster.local in-addr.arpa ip6.arpa {
                    pods insecure
                    fallthrough in-addr.arpa ip6.arpa
                }
                prometheus 127.0.0.1:9153
                forward . /etc/resolv.conf {
                    policy sequential
                }
                cache 900 {
                    denial 9984 30
                }
                reload
            }
            hostname.bind:5353 {
                chaos
            }
            """,
        want: ["corp.example. forward", ". kubernetes forward", "hostname.bind."])
}
