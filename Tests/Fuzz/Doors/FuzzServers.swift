import Answering
import DNSTesting
import DNSWire

/// The servers that questions are put to: between them they have every directive that answers.
enum FuzzServers {
    static func make() throws -> [TestServer] {
        try [kubeadm, rewriting, directives, templates].map { try TestServer($0, registry: registry) }
    }

    private static let kubeadm = """
        . {
            kubernetes cluster.local in-addr.arpa ip6.arpa {
                manifests services
                pods insecure
                fallthrough in-addr.arpa ip6.arpa
            }
            forward . 192.0.2.53 {
                max_concurrent 1000
            }
            cache 3600 {
                success 500
                denial 500
                prefetch 2 1m 20%
                serve_stale 1h
            }
            loop
            loadbalance
            errors
        }
        """

    private static let rewriting = """
        example.org cluster.local {
            rewrite continue ttl suffix .shop.example.org 30-300
            rewrite name suffix .shop.example.org .shop.svc.cluster.local answer auto
            rewrite name regex ([a-z0-9-]+)-in-([a-z]+)\\.example\\.org {1}.{2}.svc.cluster.local answer auto
            rewrite name prefix plotter printer
            rewrite name substring drucker. printer.
            rewrite type HINFO A
            rewrite class CH IN
            rewrite edns0 local set 0xffee abcd
            hosts {
                192.0.2.80 printer.example.org
                2001:db8::80 printer.example.org
                fallthrough
            }
            kubernetes cluster.local in-addr.arpa ip6.arpa {
                manifests services
                pods verified
            }
            dns64 64:ff9b::/96
            loadbalance
        }
        . {
            forward . 192.0.2.53
        }
        """

    private static let directives = """
        . {
            local
            any
            chaos
            nsid probe
            minimal
            bufsize 1100
            header {
                response set ra
            }
            autopath @kubernetes
            acl {
                block type MX net 192.0.2.0/24 198.51.100.7
                filter type TXT
                drop type NAPTR
            }
            kubernetes cluster.local in-addr.arpa ip6.arpa {
                manifests services
                pods verified
                endpoint_pod_names
            }
            hosts {
                192.0.2.80 printer.example.com
                fallthrough
            }
            dns64 {
                translate_all
            }
            forward . 192.0.2.53
            cache 30
        }
        """

    private static let templates = """
        . {
            template IN A example.com {
                match "^ip-(?P<a>[0-9]+)-(?P<b>[0-9]+)-(?P<c>[0-9]+)-(?P<d>[0-9]+)[.]example[.]com[.]$"
                answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
                authority "example.com. 60 IN NS ns0.example.com."
                additional "ns0.example.com. 60 IN A 203.0.113.8"
                fallthrough
            }
            template IN ANY text.example {
                answer "{{ .Name }} 60 IN TXT \\"{{ .Type }} {{ .Class }} {{ .Question.Name }} {{ .Remote }}\\""
            }
            template IN CNAME alias.example {
                answer "{{ .Name }} 60 IN CNAME www.{{ .Name }}"
            }
            template IN ANY broken.example {
                rcode SERVFAIL
                ederror 22 "nothing here"
            }
            kubernetes cluster.local {
                manifests services
            }
            forward . 192.0.2.53
            cache 30 {
                servfail 1s
            }
        }
        """

    /// Services of every kind, among them one whose SRV answer fills a message, and chains of aliases in and out.
    static let registry: String =
        """
        namespace shop team=a
        namespace other
        service web.shop 10.0.0.1 fd00::1 http:80 https:443 dns:53/udp
        service api.other 10.0.0.2 :9000
        headless db.shop pg:5432
        slice db.shop/a pg:5432 10.244.0.1 host=db-0 pod=db-0-x 10.244.0.2 ready=no 10.244.0.3 pod=db-2-x
        slice db.shop/b pg:5432 fd01::1 host=db-0 fd01::2
        headless empty.shop
        external ext.shop web.shop.svc.cluster.local
        external far.shop www.example.com
        external ring.shop round.other.svc.cluster.local
        external round.other ring.shop.svc.cluster.local
        pod p.shop 10.244.0.9
        pod q.shop 192.0.2.1
        headless big.shop port:1

        """
        + "slice big.shop port:1 "
        + (0..<200).map { "10.245.0.\($0) host=a-long-host-name-\($0)" }
        .joined(separator: " ") + "\n"

    /// What an upstream says, decided by the first label.
    static func reply(to question: UpstreamQuestion) -> DNSMessage {
        let owner = question.text
        switch owner.first ?? "." {
        case "n": return UpstreamText.reply(to: question, rcode: .nxDomain, authority: ["com. 3600 SOA 3600"])
        case "e": return UpstreamText.reply(to: question, rcode: .servFail)
        case "c":
            return UpstreamText.reply(
                to: question,
                ["\(owner) 60 CNAME web.shop.svc.cluster.local.", "web.shop.svc.cluster.local. 60 A 192.0.2.9"])
        case "b":
            return UpstreamText.reply(to: question, (0..<90).map { "\(owner) 300 A 192.0.2.\($0)" })
        case "d": return UpstreamText.reply(to: question, authority: ["com. 5 SOA 5"])
        case "t": return UpstreamText.reply(to: question, ["\(owner) 9 TXT text", "\(owner) 9 MX 5 mx.\(owner)"])
        default:
            return UpstreamText.reply(
                to: question, ["\(owner) 300 A 192.0.2.1", "\(owner) 300 AAAA 2001:db8::1"])
        }
    }
}
