import Answering
import DNSTesting
import DNSWire

/// The queries of a run: one kind alone, or all of them in turn.
enum QueryMix: String, CaseIterable {
    case a = "A"
    case aaaa = "AAAA"
    case srv = "SRV"
    case anySRV = "ANYSRV"
    case headless = "HEADLESS"
    case ptr = "PTR"
    case nxDomain = "NXDOMAIN"
    case pod = "POD"
    case alias = "ALIAS"
    case hosts = "HOSTS"
    case rewrite = "REWRITE"
    case edns = "EDNS"
    case any = "ANY"
    case malformed = "MALFORMED"
    /// Every kind above.
    case all = "ALL"
    /// Directives that most blocks do without, in a block of their own.
    case directives = "DIRECTIVES"
    /// Names from elsewhere that the cache has: addresses, a chain, a denial.
    case cached = "CACHED"
    /// Answers and denials with signatures, which are kept.
    case signed = "SIGNED"
    /// Of a zone from a master file: a name with data, one that a wildcard stands for, one below a zone cut.
    case staticName = "STATIC"
    case staticWildcard = "STATIC-WILDCARD"
    case staticReferral = "STATIC-REFERRAL"
    /// All that such a zone can say.
    case zones = "ZONES"

    var corefile: String {
        switch self {
        case .directives: Self.directiveCorefile
        case .signed: Self.signingCorefile
        case .rewrite, .hosts, .all: Self.rewritingCorefile
        case .staticName, .staticWildcard, .staticReferral, .zones: Self.zoneCorefile
        default: Self.clusterCorefile
        }
    }

    /// What kubeadm installs.
    static let clusterCorefile = """
        . {
            errors
            health {
                lameduck 5s
            }
            ready
            kubernetes cluster.local in-addr.arpa ip6.arpa {
                manifests services
                pods insecure
                fallthrough in-addr.arpa ip6.arpa
                ttl 30
            }
            prometheus :9153
            forward . 192.0.2.53 {
                max_concurrent 1000
            }
            cache 3600
            loop
            reload
            loadbalance
        }
        """

    private static let signingCorefile = """
        . {
            dnssec cluster.local {
                key file 13/257/cluster.local
            }
            kubernetes cluster.local {
                manifests services
                pods insecure
            }
            loadbalance
        }
        """

    /// What the upstream of `clusterCorefile` says.
    static func reply(to question: UpstreamQuestion) -> DNSMessage {
        let owner = question.text
        if owner.hasPrefix("none") {
            return UpstreamText.reply(to: question, rcode: .nxDomain, authority: ["example. 3600 SOA 3600"])
        }
        if owner.hasPrefix("alias") {
            return UpstreamText.reply(
                to: question, ["\(owner) 3600 CNAME www.example.", "www.example. 3600 A 192.0.2.1"])
        }
        return UpstreamText.reply(to: question, ["\(owner) 3600 A 192.0.2.1", "\(owner) 3600 A 192.0.2.2"])
    }

    private static let directiveCorefile = """
        . {
            local
            any
            chaos
            nsid probe
            minimal
            header {
                response set ra
            }
            autopath @kubernetes
            acl {
                block type MX net 192.0.2.0/24 198.51.100.7
                filter type TXT
                drop type NAPTR
            }
            kubernetes cluster.local {
                manifests services
            }
            hosts {
                192.0.2.80 printer.example.com
                fallthrough
            }
        }
        """

    private static let rewritingCorefile = """
        . {
            rewrite continue ttl suffix .shop.example.org 30-300
            rewrite name suffix .shop.example.org .shop.svc.cluster.local
            rewrite name prefix plotter printer
            rewrite name substring drucker. printer.
            rewrite name presse.example.com printer.example.com
            hosts {
                192.0.2.80 printer.example.com
                fallthrough
            }
            kubernetes cluster.local in-addr.arpa ip6.arpa {
                manifests services
                pods insecure
            }
            loadbalance
            errors
            log cluster.local {
                class error
            }
        }
        """

    /// 200 Services with an address, 20 headless ones of five endpoints each, a chain of three ExternalNames.
    static let registry: String =
        "namespace shop\n"
        + (0..<200).map { "service web-\($0).shop 10.0.\($0).1 fd00::\($0) http:80 https:443 dns:53/udp\n" }.joined()
        + (0..<20).map { index in
            let addresses = (1...5).map { "10.244.\(index).\($0)" }.joined(separator: " ")
            return "headless db-\(index).shop pg:5432\nslice db-\(index).shop pg:5432 \(addresses)\n"
        }.joined()
        + (0..<3).map { "external ext-\($0).shop \($0 < 2 ? "ext-\($0 + 1)" : "web-7").shop.svc.cluster.local\n" }
        .joined()

    var queries: [[UInt8]] {
        switch self {
        case .a: Self.services { QueryOctets("web-\($0).shop.svc.cluster.local", .a) }
        case .aaaa: Self.services { QueryOctets("WEB-\($0).Shop.svc.Cluster.local", .aaaa) }
        case .srv: Self.services { QueryOctets("_http._tcp.web-\($0).shop.svc.cluster.local", .srv) }
        case .anySRV: Self.services { QueryOctets("_._tcp.web-\($0).shop.svc.cluster.local", .srv) }
        case .headless: Self.services { QueryOctets("db-\($0 % 20).shop.svc.cluster.local", $0 % 2 == 0 ? .a : .srv) }
        case .ptr: Self.services { QueryOctets("1.\($0).0.10.in-addr.arpa", .ptr) }
        case .nxDomain: Self.services { QueryOctets("none-\($0).shop.svc.cluster.local", .a) }
        case .pod: Self.services { QueryOctets("10-244-0-\($0).shop.pod.cluster.local", .a) }
        case .alias: Self.services { QueryOctets("ext-\($0 % 3).shop.svc.cluster.local", .a) }
        case .hosts:
            Self.services {
                QueryOctets($0 % 2 == 0 ? "printer.example.com" : "80.2.0.192.in-addr.arpa", $0 % 2 == 0 ? .a : .ptr)
            }
        case .rewrite:
            Self.services { index in
                let names =
                    ["web-\(index).shop.example.org"] + ["plotter", "drucker", "presse"].map { $0 + ".example.com" }
                return QueryOctets(names[index % names.count], index % 8 < 4 ? .a : .aaaa)
            }
        case .edns:
            Self.services {
                QueryOctets(
                    "web-\($0).shop.svc.cluster.local", .a,
                    edns: .init(dnssecOK: true, options: [(10, [1, 2, 3, 4, 5, 6, 7, 8])]))
            }
        case .any: Self.services { QueryOctets("web-\($0).shop.svc.cluster.local", .any) }
        case .malformed: Self.malformedQueries
        case .all: Self.clusterCases.flatMap(\.queries)
        case .cached:
            Self.services { index in
                QueryOctets(
                    ["www-\(index)", "alias-\(index)", "none-\(index)", "WWW-\(index)"][index % 4] + ".example", .a)
            }
        case .directives: Self.directiveQueries
        case .signed: Self.signedQueries
        case .staticName, .staticWildcard, .staticReferral, .zones: zoneQueries
        }
    }

    /// What `all` has.
    private static let clusterCases: [QueryMix] = [
        .a, .aaaa, .srv, .anySRV, .headless, .ptr, .nxDomain, .pod, .alias, .hosts, .rewrite, .edns, .any, .malformed,
    ]

    /// Addresses, several of them too, SRV, what is not there.
    private static var signedQueries: [[UInt8]] {
        services { index in
            let name = index % 4 == 1 ? "db-\(index % 20)" : index % 4 == 3 ? "none-\(index)" : "web-\(index)"
            let type: RRType = index % 4 == 2 ? .mx : index % 8 == 1 ? .srv : .a
            return QueryOctets("\(name).shop.svc.cluster.local", type, edns: .init(dnssecOK: true))
        }
    }

    /// Walks that end at once, later, and nowhere; what `acl` does; the names of `local` and `chaos`; NSID.
    private static var directiveQueries: [[UInt8]] {
        let names = [
            "web-1.shop.svc.cluster.local", "web-2.shop.other.svc.cluster.local",
            "web-3.shop.svc.other.svc.cluster.local",
            "printer.example.com.shop.svc.cluster.local", "nothing.example.com.shop.svc.cluster.local", "localhost",
            "a.localhost", "localhost.example.com", "1.0.0.127.in-addr.arpa",
        ]
        let types: [RRType] = [.a, .aaaa, .srv, .mx, .txt, .naptr, .any]
        let edns = QueryOctets.OPT(options: [(3, [])])
        var chaos = QueryOctets("version.bind", .txt)
        chaos.qclass = 3
        return names.flatMap { name in types.map { QueryOctets(name, $0, edns: edns).octets } } + [chaos.octets]
    }

    private static func services(_ query: (Int) -> QueryOctets) -> [[UInt8]] { (0..<200).map { query($0).octets } }

    /// Every cut of a good query, refused opcodes and classes, pointers in QNAME, two OPT records, a wrong EDNS version.
    private static var malformedQueries: [[UInt8]] {
        let good = QueryOctets("web-1.shop.svc.cluster.local", .a, edns: .init()).octets
        var chaos = QueryOctets("version.bind", .txt)
        chaos.qclass = 3
        var update = QueryOctets("cluster.local", .soa)
        update.flags = 0x2800
        let pointer = Array(good[..<12]) + [0xC0, 12, 0, 1, 0, 1]
        let version = QueryOctets("cluster.local", .a, edns: .init(version: 1)).octets
        let counted = Array(good[..<4]) + [0, 1, 255, 255, 255, 255, 255, 255] + Array(good[12...])
        return good.indices.map { Array(good[..<$0]) } + [chaos.octets, update.octets, pointer, version, counted]
    }
}
