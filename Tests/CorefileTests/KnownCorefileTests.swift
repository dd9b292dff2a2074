import Corefile
import Testing

/// Corefiles as installers write them; each has to be read word for word.
struct KnownCorefileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var text: String
        var files: [String: String] = [:]
        var want: String
        var testDescription: String { label }
    }

    @Test(arguments: [kubeadm, nodeLocal, k3s, aks, openShift])
    func outlineOfKnownCorefile(_ row: Row) throws {
        #expect(outline(try parse(row.text, files: row.files)) == row.want)
    }

    /// A half-written file is read or refused with a place inside it; it never stops the reader.
    @Test(arguments: [kubeadm, aks]) func everyCutOfAKnownCorefile(_ row: Row) {
        let lineCount = row.text.split(separator: "\n").count
        for length in 0...row.text.count {
            guard let error = refusal({ try parse(String(row.text.prefix(length))) }) else { continue }
            #expect((1...lineCount).contains(error.position.line), "\(length): \(error)")
        }
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
        want: """
            dns://.:53
              errors
              health {
                lameduck|5s
              ready
              kubernetes|cluster.local|in-addr.arpa|ip6.arpa {
                pods|insecure
                fallthrough|in-addr.arpa|ip6.arpa
                ttl|30
              prometheus|:9153
              forward|.|/etc/resolv.conf {
                max_concurrent|1000
              cache|30 {
                disable|success|cluster.local
                disable|denial|cluster.local
              loop
              reload
              loadbalance
            """)

    private static func nodeLocalBlock(_ key: String, cache: String, forward: String, health: String = "") -> String {
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

    private static let forceTCP = """
        forward . 10.0.0.10 {
                    force_tcp
            }
        """

    static let nodeLocal = Row(
        label: "NodeLocal DNSCache",
        text: nodeLocalBlock(
            "cluster.local:53",
            cache: """
                cache {
                            success 9984 30
                            denial 9984 5
                    }
                """, forward: forceTCP, health: "health 169.254.20.10:8080")
            + nodeLocalBlock("in-addr.arpa:53", cache: "cache 30", forward: forceTCP)
            + nodeLocalBlock("ip6.arpa:53", cache: "cache 30", forward: forceTCP)
            + nodeLocalBlock(".:53", cache: "cache 30", forward: "forward . /etc/resolv.conf"),
        want: """
            dns://cluster.local.:53
              errors
              cache {
                success|9984|30
                denial|9984|5
              reload
              loop
              bind|169.254.20.10|10.0.0.10
              forward|.|10.0.0.10 {
                force_tcp
              prometheus|:9253
              health|169.254.20.10:8080
            dns://in-addr.arpa.:53
              errors
              cache|30
              reload
              loop
              bind|169.254.20.10|10.0.0.10
              forward|.|10.0.0.10 {
                force_tcp
              prometheus|:9253
            dns://ip6.arpa.:53
              errors
              cache|30
              reload
              loop
              bind|169.254.20.10|10.0.0.10
              forward|.|10.0.0.10 {
                force_tcp
              prometheus|:9253
            dns://.:53
              errors
              cache|30
              reload
              loop
              bind|169.254.20.10|10.0.0.10
              forward|.|/etc/resolv.conf
              prometheus|:9253
            """)

    static let k3s = Row(
        label: "k3s with a customised zone",
        text: """
            .:53 {
                errors
                hosts /etc/coredns/NodeHosts {
                  ttl 60
                  reload 15s
                  fallthrough
                }
                import /etc/coredns/custom/*.override
            }
            import /etc/coredns/custom/*.server
            """,
        files: [
            "/etc/coredns/custom/log.override": "log\n",
            "/etc/coredns/custom/corp.server": "corp.example {\n  forward . 192.0.2.1\n}\n",
        ],
        want: """
            dns://.:53
              errors
              hosts|/etc/coredns/NodeHosts {
                ttl|60
                reload|15s
                fallthrough
              log
            dns://corp.example.:53
              forward|.|192.0.2.1
            """)

    static let aks = Row(
        label: "AKS, nothing customised",
        text: #"""
            .:53 {
                loadbalance
                import custom/*.override
                template ANY ANY internal.cloudapp.net {
                  match "^(?:[^.]+\.){4,}internal\.cloudapp\.net\.$"
                  rcode NXDOMAIN
                  fallthrough
                }
            }
            import custom/*.server
            """#,
        want: #"""
            dns://.:53
              loadbalance
              template|ANY|ANY|internal.cloudapp.net {
                match|^(?:[^.]+\.){4,}internal\.cloudapp\.net\.$
                rcode|NXDOMAIN
                fallthrough
            """#)

    static let openShift = Row(
        label: "OpenShift",
        text: """
            # corp
            corp.example:5353 {
                prometheus 127.0.0.1:9153
                forward . 192.0.2.1 192.0.2.2 {
                    policy random
                }
            }
            .:5353 {
                bufsize 512
                log . {
                    class error
                }
                forward . /etc/resolv.conf {
                    policy sequential
                }
                cache 900 {
                    denial 9984 30
                }
            }
            hostname.bind:5353 {
                chaos
            }
            """,
        want: """
            dns://corp.example.:5353
              prometheus|127.0.0.1:9153
              forward|.|192.0.2.1|192.0.2.2 {
                policy|random
            dns://.:5353
              bufsize|512
              log|. {
                class|error
              forward|.|/etc/resolv.conf {
                policy|sequential
              cache|900 {
                denial|9984|30
            dns://hostname.bind.:5353
              chaos
            """)
}
