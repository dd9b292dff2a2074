import ClusterModel
import NetworkAddress
import Testing

struct EndpointDerivationTests {
    private static func slices(_ service: Service, _ pods: [Pod], default family: IPFamily? = nil) -> [EndpointSlice] {
        EndpointDerivation(defaultFamily: family).slices(of: service, pods: pods)
    }

    private static func addresses(_ slices: [EndpointSlice]) -> [String] {
        slices.flatMap(\.endpoints).flatMap(\.addresses).map(\.description)
    }

    @Test func theTutorialsSlice() throws {
        let slices = Tutorial.registry().snapshot.slices(of: Tutorial.myNginx.key)
        let slice = try #require(slices.first)
        #expect(slices.count == 1)
        #expect(slice.metadata.name == "my-nginx-7vzhx")
        #expect(slice.addressType == .ipv4)
        #expect(slice.ports == [EndpointPort(port: 80)])
        #expect(slice.service == Tutorial.myNginx.key)
        #expect(
            slice.endpoints == [
                Endpoint(
                    addresses: [Tutorial.address("10.244.2.5")], ready: true, serving: true, terminating: false,
                    nodeName: "kubernetes-minion-ljyd",
                    target: TargetReference(kind: "Pod", namespace: "default", name: "my-nginx-3800858182-kna2y")),
                Endpoint(
                    addresses: [Tutorial.address("10.244.3.4")], ready: true, serving: true, terminating: false,
                    nodeName: "kubernetes-minion-905m",
                    target: TargetReference(kind: "Pod", namespace: "default", name: "my-nginx-3800858182-jr4a2")),
            ])
    }

    struct ConditionRow: Sendable {
        var label: String
        var isReady = true
        var isTerminating = false
        var publishes = false
        var want: [Bool?]
    }

    // podToEndpoint in k8s.io/endpointslice/utils.go: ready, serving, terminating.
    static let conditionRows = [
        ConditionRow(label: "ready", want: [true, true, false]),
        ConditionRow(label: "not ready", isReady: false, want: [false, false, false]),
        ConditionRow(label: "terminating", isTerminating: true, want: [false, true, true]),
        ConditionRow(label: "not ready, terminating", isReady: false, isTerminating: true, want: [false, false, true]),
        ConditionRow(label: "published not ready", isReady: false, publishes: true, want: [true, false, false]),
        ConditionRow(label: "published terminating", isTerminating: true, publishes: true, want: [true, true, true]),
    ]

    @Test(arguments: conditionRows) func conditions(_ row: ConditionRow) throws {
        var (service, pod) = (Tutorial.myNginx, Tutorial.pods[0])
        service.publishNotReadyAddresses = row.publishes
        pod.isReady = row.isReady
        pod.metadata.deletionTime = row.isTerminating ? 5 : nil
        let endpoint = try #require(Self.slices(service, [pod], default: .ipv4).first?.endpoints.first)
        #expect([endpoint.ready, endpoint.serving, endpoint.terminating] == row.want, "\(row.label)")
    }

    @Test func whoIsNotAnEndpoint() {
        let ended = [PodPhase.succeeded, .failed].map { phase in
            var pod = Tutorial.pods[0]
            pod.phase = phase
            return pod
        }
        let others = [
            Tutorial.pod("no-ip", []), Tutorial.pod("elsewhere", ["10.244.0.1"], in: "shop"),
            Tutorial.pod("other", ["10.244.0.2"], labels: ["run": "other"]),
            Tutorial.pod("bare", ["10.244.0.3"], labels: [:]),
        ]
        #expect(Self.slices(Tutorial.myNginx, ended + others).isEmpty)
        var pending = Tutorial.pods[0]
        pending.phase = .pending
        #expect(Self.addresses(Self.slices(Tutorial.myNginx, [pending])) == ["10.244.3.4"])
    }

    @Test func servicesThatHaveNoEndpointsOfTheirOwn() {
        var external = Tutorial.myNginx
        external.type = .externalName
        var bare = Tutorial.myNginx
        bare.selector = [:]
        #expect(Self.slices(external, Tutorial.pods).isEmpty)
        #expect(Self.slices(bare, Tutorial.pods).isEmpty)
    }

    struct FamilyRow: Sendable {
        var label: String
        var families: [IPFamily] = []
        var clusterIPs: [String] = []
        var policy: IPFamilyPolicy?
        var standard: IPFamily? = .ipv4
        var want: [String]
    }

    static let familyRows = [
        FamilyRow(label: "default", want: ["10.244.0.1"]),
        FamilyRow(label: "default IPv6", standard: .ipv6, want: ["fd00::1"]),
        FamilyRow(label: "no default: both", standard: nil, want: ["10.244.0.1", "fd00::1"]),
        FamilyRow(label: "ipFamilies", families: [.ipv6], want: ["fd00::1"]),
        FamilyRow(
            label: "ipFamilies beat addresses", families: [.ipv6, .ipv4], clusterIPs: ["10.0.0.2"],
            want: ["10.244.0.1", "fd00::1"]),
        FamilyRow(label: "of the addresses", clusterIPs: ["fd01::2"], want: ["fd00::1"]),
        FamilyRow(label: "dual-stack headless", policy: .preferDualStack, want: ["10.244.0.1", "fd00::1"]),
    ]

    @Test(arguments: familyRows) func families(_ row: FamilyRow) {
        var service = Tutorial.myNginx
        service.ipFamilies = row.families
        service.clusterIPs = row.clusterIPs.map(Tutorial.address)
        service.ipFamilyPolicy = row.policy
        let slices = Self.slices(service, [Tutorial.pod("dual", ["10.244.0.1", "fd00::1"])], default: row.standard)
        #expect(Self.addresses(slices).sorted() == row.want, "\(row.label)")
        #expect(slices.count == row.want.count, "\(row.label)")
        for slice in slices {
            #expect(
                slice.endpoints.flatMap(\.addresses).allSatisfy { $0.family.rawValue == slice.addressType.rawValue })
        }
    }

    struct HostnameRow: Sendable {
        var hostname: String
        var subdomain: String
        var want: String
    }

    static let hostnameRows = [
        HostnameRow(hostname: "web-0", subdomain: "my-nginx", want: "web-0"),
        HostnameRow(hostname: "web-0", subdomain: "other", want: ""),
        HostnameRow(hostname: "web-0", subdomain: "", want: ""),
        HostnameRow(hostname: "", subdomain: "my-nginx", want: ""),
    ]

    @Test(arguments: hostnameRows) func hostnames(_ row: HostnameRow) {
        var pod = Tutorial.pods[0]
        (pod.hostname, pod.subdomain) = (row.hostname, row.subdomain)
        #expect(Self.slices(Tutorial.myNginx, [pod], default: .ipv4).first?.endpoints.first?.hostname == row.want)
    }

    private static func pod(_ name: String, _ address: String, _ containers: [Container]) -> Pod {
        var pod = Tutorial.pod(name, [address])
        pod.containers = containers
        return pod
    }

    @Test func namedPortsAreThoseOfEachPod() {
        var service = Tutorial.myNginx
        service.ports = [
            ServicePort(name: "http", port: 80, targetPort: .name("web")),
            ServicePort(name: "metrics", port: 9090, targetPort: .number(9100)),
        ]
        let pods = [
            Self.pod("a", "10.244.0.1", [Container(name: "c", ports: [ContainerPort(name: "web", port: 8080)])]),
            Self.pod("b", "10.244.0.2", [Container(name: "c", ports: [ContainerPort(name: "web", port: 8081)])]),
            Self.pod(
                "c", "10.244.0.3", [Container(name: "c", ports: [ContainerPort(name: "web", transport: .udp, port: 1)])]
            ),
            Self.pod("d", "10.244.0.4", [Container(name: "c", ports: [ContainerPort(name: "web", port: 8080)])]),
            Self.pod(
                "e", "10.244.0.5",
                [Container(name: "i", ports: [ContainerPort(name: "web", port: 2)], isInit: true)]),
            Self.pod(
                "f", "10.244.0.6",
                [
                    Container(
                        name: "i", ports: [ContainerPort(name: "web", port: 8082)], isInit: true, isRestartable: true)
                ]),
        ]
        let ports = Dictionary(
            uniqueKeysWithValues: Self.slices(service, pods, default: .ipv4).map { slice in
                (Self.addresses([slice]), slice.ports.map { "\($0.name)=\($0.port)" })
            })
        #expect(
            ports == [
                ["10.244.0.1", "10.244.0.4"]: ["http=8080", "metrics=9100"],
                ["10.244.0.2"]: ["http=8081", "metrics=9100"],
                ["10.244.0.3", "10.244.0.5"]: ["metrics=9100"], ["10.244.0.6"]: ["http=8082", "metrics=9100"],
            ])
    }

    @Test(arguments: [(100, 1), (101, 2), (250, 3)]) func sliceSizes(_ count: Int, _ slices: Int) {
        let pods = (0..<count).map { Tutorial.pod("p\($0)", ["10.244.\($0 / 250).\($0 % 250 + 1)"]) }
        let made = Self.slices(Tutorial.myNginx, pods, default: .ipv4)
        #expect(made.count == slices)
        #expect(made.allSatisfy { $0.endpoints.count <= 100 })
        #expect(Set(Self.addresses(made)).count == count)
        #expect(Set(made.map(\.metadata.name)).count == slices)
    }

    @Test func theOrderOfPodsMakesNoDifference() {
        var random = SeededGenerator(state: 7)
        let pods = (0..<230).map { Tutorial.pod("p\($0)", ["10.244.0.\($0 + 1)", "fd00::\($0 + 1)"]) }
        let want = Self.slices(Tutorial.myNginx, pods)
        for _ in 0..<5 { #expect(Self.slices(Tutorial.myNginx, pods.shuffled(using: &random)) == want) }
    }

    @Test func namesLookLikeGeneratedOnesAndAvoidTakenOnes() throws {
        var service = Tutorial.myNginx
        service.metadata.name = String(repeating: "a", count: 63)
        let long = try #require(Self.slices(service, Tutorial.pods, default: .ipv4).first?.metadata.name)
        #expect(long.count == 63 && long.hasPrefix(String(repeating: "a", count: 58)))
        let other = EndpointDerivation(defaultFamily: .ipv4)
            .slices(of: Tutorial.myNginx, pods: Tutorial.pods) { $0 == "my-nginx-7vzhx" }
        #expect(other.first.map { $0.metadata.name != "my-nginx-7vzhx" && $0.metadata.name.count == 14 } == true)
    }
}
