import ClusterModel
import Testing

struct ServiceEnvironmentTests {
    private static func lines(_ services: [Service]) -> [String] {
        ServiceEnvironment(services).variables.map { "\($0.name)=\($0.value)" }
    }

    @Test func theTutorialsVariables() {
        let snapshot = Tutorial.registry().snapshot
        let services = ServiceEnvironment.services(for: "default", linksEnabled: true, in: snapshot)
        #expect(
            Self.lines(services) == [
                "KUBERNETES_SERVICE_HOST=10.0.0.1", "KUBERNETES_SERVICE_PORT=443", "KUBERNETES_SERVICE_PORT_HTTPS=443",
                "KUBERNETES_PORT=tcp://10.0.0.1:443", "KUBERNETES_PORT_443_TCP=tcp://10.0.0.1:443",
                "KUBERNETES_PORT_443_TCP_PROTO=tcp", "KUBERNETES_PORT_443_TCP_PORT=443",
                "KUBERNETES_PORT_443_TCP_ADDR=10.0.0.1",
                "MY_NGINX_SERVICE_HOST=10.0.162.149", "MY_NGINX_SERVICE_PORT=80",
                "MY_NGINX_PORT=tcp://10.0.162.149:80", "MY_NGINX_PORT_80_TCP=tcp://10.0.162.149:80",
                "MY_NGINX_PORT_80_TCP_PROTO=tcp", "MY_NGINX_PORT_80_TCP_PORT=80",
                "MY_NGINX_PORT_80_TCP_ADDR=10.0.162.149",
            ])
    }

    // The Services and values of kubelet's own table (pkg/kubelet/envvars/envvars_test.go).
    @Test func kubeletsTableIPv4() {
        let ports = [
            ServicePort(name: "u-d-p", transport: .udp, port: 8081), ServicePort(name: "t-c-p", port: 8081),
        ]
        #expect(
            Self.lines([Tutorial.service("abc-123", ["5.6.7.8"], ports: ports)]) == [
                "ABC_123_SERVICE_HOST=5.6.7.8", "ABC_123_SERVICE_PORT=8081", "ABC_123_SERVICE_PORT_U_D_P=8081",
                "ABC_123_SERVICE_PORT_T_C_P=8081", "ABC_123_PORT=udp://5.6.7.8:8081",
                "ABC_123_PORT_8081_UDP=udp://5.6.7.8:8081", "ABC_123_PORT_8081_UDP_PROTO=udp",
                "ABC_123_PORT_8081_UDP_PORT=8081", "ABC_123_PORT_8081_UDP_ADDR=5.6.7.8",
                "ABC_123_PORT_8081_TCP=tcp://5.6.7.8:8081", "ABC_123_PORT_8081_TCP_PROTO=tcp",
                "ABC_123_PORT_8081_TCP_PORT=8081", "ABC_123_PORT_8081_TCP_ADDR=5.6.7.8",
            ])
        let numbered = [ServicePort(port: 8082), ServicePort(name: "8083", port: 8083)]
        #expect(
            Self.lines([Tutorial.service("q-u-u-x", ["9.8.7.6"], ports: numbered)]).prefix(4) == [
                "Q_U_U_X_SERVICE_HOST=9.8.7.6", "Q_U_U_X_SERVICE_PORT=8082", "Q_U_U_X_SERVICE_PORT_8083=8083",
                "Q_U_U_X_PORT=tcp://9.8.7.6:8082",
            ])
    }

    @Test func kubeletsTableIPv6KeepsTheTextAsWritten() {
        var service = Tutorial.service(
            "super-ipv6", ["2001:db8::"],
            ports: [ServicePort(name: "u-d-p", transport: .udp, port: 8084), ServicePort(name: "t-c-p", port: 8084)])
        service.verbatimClusterIP = "2001:DB8::"
        #expect(
            Self.lines([service]) == [
                "SUPER_IPV6_SERVICE_HOST=2001:DB8::", "SUPER_IPV6_SERVICE_PORT=8084",
                "SUPER_IPV6_SERVICE_PORT_U_D_P=8084", "SUPER_IPV6_SERVICE_PORT_T_C_P=8084",
                "SUPER_IPV6_PORT=udp://[2001:DB8::]:8084", "SUPER_IPV6_PORT_8084_UDP=udp://[2001:DB8::]:8084",
                "SUPER_IPV6_PORT_8084_UDP_PROTO=udp", "SUPER_IPV6_PORT_8084_UDP_PORT=8084",
                "SUPER_IPV6_PORT_8084_UDP_ADDR=2001:DB8::", "SUPER_IPV6_PORT_8084_TCP=tcp://[2001:DB8::]:8084",
                "SUPER_IPV6_PORT_8084_TCP_PROTO=tcp", "SUPER_IPV6_PORT_8084_TCP_PORT=8084",
                "SUPER_IPV6_PORT_8084_TCP_ADDR=2001:DB8::",
            ])
    }

    @Test func kubeletsTableSCTP() {
        let service = Tutorial.service("sctp-1", ["1.2.3.4"], ports: [ServicePort(transport: .sctp, port: 777)])
        #expect(
            Self.lines([service]) == [
                "SCTP_1_SERVICE_HOST=1.2.3.4", "SCTP_1_SERVICE_PORT=777", "SCTP_1_PORT=sctp://1.2.3.4:777",
                "SCTP_1_PORT_777_SCTP=sctp://1.2.3.4:777", "SCTP_1_PORT_777_SCTP_PROTO=sctp",
                "SCTP_1_PORT_777_SCTP_PORT=777", "SCTP_1_PORT_777_SCTP_ADDR=1.2.3.4",
            ])
    }

    @Test func servicesWithoutAnAddressHaveNone() {
        var headless = Tutorial.service("headless", ["10.0.0.2"])
        headless.isHeadless = true
        var external = Tutorial.service("external")
        external.type = .externalName
        #expect(Self.lines([headless, external, Tutorial.service("pending")]).isEmpty)
    }

    @Test func onlyThePrimaryAddressCounts() {
        let lines = Self.lines([Tutorial.service("dual", ["10.0.0.3", "fd00::3"])])
        #expect(!lines.contains { $0.contains("fd00") })
        #expect(lines.first == "DUAL_SERVICE_HOST=10.0.0.3")
    }

    @Test func aServiceWithoutPortsIsSkippedWithAWarning() {
        let environment = ServiceEnvironment([Tutorial.service("portless", ["10.0.0.4"], ports: [])])
        #expect(environment.variables.isEmpty)
        #expect(environment.findings.map(\.reason) == [.serviceWithoutPorts])
    }

    /// FOO_SERVICE_PORT is the port of `foo` and the URL of `foo-service`: a trap of the naming scheme.
    @Test func aCollisionNamesBothAndTheFirstByNameWins() throws {
        let services = [Tutorial.service("foo-service", ["10.0.0.6"]), Tutorial.service("foo", ["10.0.0.5"])]
        let environment = ServiceEnvironment(services)
        #expect(environment.variables.filter { $0.name == "FOO_SERVICE_PORT" }.map(\.value) == ["80"])
        let finding = try #require(environment.findings.first)
        #expect(environment.findings.count == 1)
        #expect(finding.reason == .variableCollision)
        for text in ["default/foo ", "default/foo-service", "FOO_SERVICE_PORT"] {
            #expect(finding.message.contains(text), "\(text)")
        }
    }

    struct ScopeRow: Sendable {
        var label: String
        var namespace: String
        var linksEnabled: Bool
        var want: [String]
    }

    static let scopeRows = [
        ScopeRow(
            label: "default", namespace: "default", linksEnabled: true, want: ["default/api", "default/kubernetes"]),
        ScopeRow(
            label: "default without links", namespace: "default", linksEnabled: false, want: ["default/kubernetes"]),
        ScopeRow(
            label: "another namespace", namespace: "shop", linksEnabled: true,
            want: ["shop/cart", "default/kubernetes"]),
        ScopeRow(label: "another without links", namespace: "shop", linksEnabled: false, want: ["default/kubernetes"]),
        ScopeRow(label: "its own kubernetes", namespace: "own", linksEnabled: true, want: ["own/kubernetes"]),
        ScopeRow(label: "its own without links", namespace: "own", linksEnabled: false, want: ["default/kubernetes"]),
        ScopeRow(
            label: "a headless one of its own", namespace: "bare", linksEnabled: true, want: ["default/kubernetes"]),
        ScopeRow(label: "nothing there", namespace: "void", linksEnabled: true, want: ["default/kubernetes"]),
    ]

    @Test(arguments: scopeRows) func whichServices(_ row: ScopeRow) {
        var headless = Tutorial.service("kubernetes", in: "bare")
        headless.isHeadless = true
        var store = ClusterStore()
        _ = store.apply(
            [
                Tutorial.kubernetes, Tutorial.service("api", ["10.0.0.7"]), headless,
                Tutorial.service("cart", in: "shop", ["10.0.0.8"]),
                Tutorial.service("kubernetes", in: "own", ["10.0.0.9"]),
            ].map { .upserted(.service($0)) })
        let services = ServiceEnvironment.services(
            for: row.namespace, linksEnabled: row.linksEnabled, in: store.snapshot)
        #expect(services.map(\.key.description) == row.want, "\(row.label)")
    }
}
