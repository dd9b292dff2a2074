import Answering
import Corefile
import DNSWire
import NetworkAddress
import Synchronization
import Testing

@testable import ClusterDNS

/// What NodeLocal DNSCache's placeholders become (kubernetes/dns, cmd/node-cache/app/configmap.go).
struct NodePlaceholderTests {
    private static let four = IPAddress(ipv4: 0xA9FE_140A)
    private static let kubeDNS = IPAddress(ipv4: 0x0A00_000A)
    private static let variables = [
        "KUBE_DNS_SERVICE_HOST": "10.0.0.10", "KUBE_DNS_UPSTREAM_SERVICE_HOST": "10.0.0.11",
    ]

    struct Row: Sendable {
        var label: String, name: String
        var local = [four, kubeDNS]
        var service: String?
        var environment = variables
        var upstreams: [String] = []
        var want: [String]?
        var reason = ""
    }

    static let rows = [
        Row(label: "all of -localip", name: "LOCAL__DNS", want: ["169.254.20.10", "10.0.0.10"]),
        Row(label: "those behind the first", name: "DNS__SERVER", want: ["10.0.0.10"]),
        Row(label: "none behind the first", name: "DNS__SERVER", local: [four], want: []),
        Row(label: "no -localip", name: "LOCAL__DNS", local: [], reason: "-localip"),
        Row(label: "no -localip, the other one", name: "DNS__SERVER", local: [], reason: "-localip"),
        Row(label: "the domain", name: "DNS__DOMAIN", want: ["cluster.local"]),
        Row(label: "kube-dns-upstream first", name: "CLUSTER__DNS", want: ["10.0.0.11"]),
        Row(
            label: "kube-dns where it is not ours", name: "CLUSTER__DNS", local: [four],
            environment: ["KUBE_DNS_SERVICE_HOST": "10.0.0.10"], want: ["10.0.0.10"]),
        Row(
            label: "kube-dns is ours", name: "CLUSTER__DNS", environment: ["KUBE_DNS_SERVICE_HOST": "10.0.0.10"],
            reason: "KUBE_DNS_UPSTREAM_SERVICE_HOST and KUBE_DNS_SERVICE_HOST is not set"),
        Row(
            label: "-upstreamsvc", name: "CLUSTER__DNS", service: "my-dns",
            environment: ["MY_DNS_SERVICE_HOST": "10.0.0.12"], want: ["10.0.0.12"]),
        Row(label: "-upstreamsvc that is ours", name: "CLUSTER__DNS", service: "kube-dns", reason: "ask itself"),
        Row(
            label: "-upstreamsvc that is nowhere", name: "CLUSTER__DNS", service: "x-y",
            reason: "X_Y_SERVICE_HOST is not set"),
        Row(
            label: "a headless Service", name: "CLUSTER__DNS", service: "x", environment: ["X_SERVICE_HOST": "None"],
            reason: "is no address: X_SERVICE_HOST is \"None\""),
        Row(label: "resolv.conf", name: "UPSTREAM__SERVERS", want: ["/etc/resolv.conf"]),
        Row(
            label: "upstreamNameservers", name: "UPSTREAM__SERVERS", upstreams: ["1.1.1.1", "::1"],
            want: ["1.1.1.1", "::1"]),
        Row(label: "another", name: "FOO", reason: "is no placeholder known here"),
    ]

    @Test(arguments: rows) func words(_ row: Row) {
        var placeholders = NodePlaceholders(environment: { row.environment[$0] })
        placeholders.localAddresses = row.local
        placeholders.upstreamService = row.service
        placeholders.upstreams = { row.upstreams }
        do throws(CorefileLoadFailure) {
            #expect(try placeholders.words(for: "__PILLAR__\(row.name)__") == row.want, "\(row.label)")
        } catch {
            #expect(row.want == nil && error.reason.contains(row.reason), "\(row.label): \(error.reason)")
        }
    }

    @Test func serveFillsInWhatItCan() throws {
        let scratch = try ScratchDirectory()
        let corefile = try scratch.write(
            "Corefile", "__PILLAR__DNS__DOMAIN__:53 {\n  forward . __PILLAR__UPSTREAM__SERVERS__\n}\n")
        let zones = try Corefile.parse(file: corefile, loader: DiskCorefileLoader()).serverBlocks.map(\.zones)
        #expect(zones == [["cluster.local."]])
        let template = try scratch.write("Template", ".:53 {\n  bind __PILLAR__LOCAL__DNS__\n}\n")
        let error = #expect(throws: CorefileError.self) { try ConfigurationLoader(file: template).load() }
        #expect(
            error?.description == "\(template):2:8: \"__PILLAR__LOCAL__DNS__\" has no value; start \"clusterdns node\" "
                + "with -localip ADDRESS,… or write the addresses in its place")
    }
}

/// The Corefile of a node, and kube-dns' ConfigMap.
struct NodeCorefileTests {
    private func loader(_ file: String, _ map: KubeDNSConfigMap? = nil) -> NodeCorefileLoader {
        var placeholders = NodePlaceholders(environment: { ["KUBE_DNS_UPSTREAM_SERVICE_HOST": "10.0.0.11"][$0] })
        placeholders.localAddresses = [IPAddress(ipv4: 0xA9FE_140A), IPAddress(high: 0xFD00_0000_0000_0000, low: 10)]
        placeholders.upstreams = { map?.read().upstreams ?? [] }
        return NodeCorefileLoader(file: file, port: 53, healthPort: 8080, placeholders: placeholders, configMap: map)
    }

    @Test func theTemplateWinsAsInNodeCache() {
        let template = "/etc/coredns/Corefile.base"
        #expect(NodeCorefile.choose(base: "b", conf: "c", isReadable: { _ in true }) == "b")
        #expect(NodeCorefile.choose(base: nil, conf: "/etc/Corefile", isReadable: { $0 == template }) == template)
        #expect(NodeCorefile.choose(base: nil, conf: "c", isReadable: { _ in false }) == "c")
        #expect(NodeCorefile.choose(base: nil, conf: nil, isReadable: { _ in false }) == NodeCorefile.builtInName)
    }

    @Test func theBuiltInOneServesLikeThePublishedOne() throws {
        let loader = loader(NodeCorefile.builtInName)
        let configuration = try ConfigurationLoader(file: NodeCorefile.builtInName, interfaces: [:]).load(
            loader: loader)
        #expect(
            configuration.blocks.map { $0.zones.map(\.description) } == [
                ["cluster.local."], ["in-addr.arpa.", "ip6.arpa."], ["."],
            ])
        #expect(configuration.listeners.map(\.address.description) == ["dns://169.254.20.10:53", "dns://[fd00::a]:53"])
        #expect(configuration.lameduck == .seconds(5))
        #expect(configuration.blocks.first?.settings.ready?.description == "169.254.20.10:8181")
        #expect(configuration.blocks.first?.settings.health?.address.description == "169.254.20.10:8080")
    }

    @Test func kubeDNSNamesOtherUpstreams() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("kube-dns/upstreamNameservers", "[\"192.0.2.1\", \"192.0.2.2:5353\"]")
        try scratch.write("kube-dns/stubDomains", "{\"b.example\": [\"192.0.2.4\"], \"a.example\": [\"192.0.2.3\"]}")
        let map = KubeDNSConfigMap(directory: scratch.path + "/kube-dns") { _ in }
        let file = try scratch.write("Corefile.base", ".:53 {\n  forward . __PILLAR__UPSTREAM__SERVERS__\n}")
        let corefile = try Corefile.parse(file: file, loader: loader(file, map))
        #expect(corefile.serverBlocks.map(\.zones) == [["."], ["a.example."], ["b.example."]])
        #expect(
            corefile.serverBlocks.map { $0.directives.last?.arguments.map(\.text) } == [
                [".", "192.0.2.1", "192.0.2.2:5353"], [".", "192.0.2.3"], [".", "192.0.2.4"],
            ])
        #expect(corefile.serverBlocks[1].directives.map(\.name.text) == ["errors", "cache", "bind", "forward"])
    }

    static let broken = [
        ("upstreamNameservers", "[\"192.0.2.1\"", "is not the JSON that kube-dns takes; correct the ConfigMap"),
        (
            "upstreamNameservers", "[\"a.example\"]",
            "\"a.example\" is no address, with or without a port; correct the ConfigMap"
        ),
        ("upstreamNameservers", "[\"::1\", \"::2\", \"::3\", \"::4\"]", "has 4 entries; 3 may be there"),
        ("stubDomains", "{\"a {\": [\"::1\"]}", "\"a {\" is no domain with upstreams; correct or remove it"),
        (
            "stubDomains", "{\"a.example\": [\"::1\\n}\"]}",
            "\"::1\n}\" is no address, with or without a port; correct the ConfigMap"
        ),
    ]

    /// What it said before goes on, and is complained of once.
    @Test(arguments: broken) func aBrokenKeyChangesNothing(_ row: (key: String, text: String, want: String)) throws {
        let scratch = try ScratchDirectory()
        try scratch.write("kube-dns/upstreamNameservers", "[\"192.0.2.1\"]")
        let said = Said()
        let map = KubeDNSConfigMap(directory: scratch.path + "/kube-dns") { said.add($0) }
        #expect(map.read().upstreams == ["192.0.2.1"])
        try scratch.write("kube-dns/\(row.key)", row.text)
        for _ in 0..<2 { #expect(map.read().upstreams == ["192.0.2.1"]) }
        #expect(said.all == ["\(scratch.path)/kube-dns/\(row.key): \(row.want)"])
    }

    private final class Said: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
}
