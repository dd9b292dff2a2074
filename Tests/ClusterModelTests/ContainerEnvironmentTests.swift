import ClusterModel
import NetworkAddress
import Testing

struct ContainerEnvironmentTests {
    private static let settings = ObjectKey(namespace: "default", name: "settings")

    private static func snapshot() -> ClusterSnapshot {
        var store = ClusterStore(Tutorial.registry().snapshot)
        let data = ["COLOUR": "red", "SIZE": "$(COLOUR)", "MY_NGINX_SERVICE_PORT": "1", "log.level": "info"]
        _ = store.apply([
            .upserted(.configMap(ConfigMap(metadata: ObjectMetadata(name: "settings"), data: data))),
            .upserted(.secret(Secret(metadata: ObjectMetadata(name: "keys"), data: ["COLOUR": Array("blue".utf8)]))),
        ])
        return store.snapshot
    }

    private static func pod() -> Pod {
        var pod = Tutorial.pod(
            "web-0", ["10.244.1.9", "fd00::9"], labels: ["app": "web", "example.com/tier": "front"])
        pod.metadata.uid = "1f3c"
        pod.metadata.annotations = ["note": "hello"]
        pod.nodeName = "node-1"
        pod.serviceAccountName = "runner"
        pod.hostIPs = [Tutorial.address("192.0.2.1"), Tutorial.address("2001:db8::1")]
        return pod
    }

    private static func values(
        _ entries: [EnvironmentEntry], from sources: [EnvironmentSource] = [], limits: [String: String] = [:],
        requests: [String: String] = [:]
    ) throws -> [String: String] {
        let container = Container(
            name: "app", environment: entries, environmentSources: sources, limits: limits, requests: requests)
        var pod = pod()
        pod.containers = [container, Container(name: "side", limits: ["cpu": "2"])]
        let environment = try ContainerEnvironment(container, of: pod, in: snapshot())
        return Dictionary(environment.variables.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private static func literal(_ name: String, _ text: String) -> EnvironmentEntry {
        EnvironmentEntry(name: name, value: .literal(text))
    }

    @Test func envBeatsEnvFromBeatsServices() throws {
        let sources = [
            EnvironmentSource(kind: .configMap, name: "settings"), EnvironmentSource(kind: .secret, name: "keys"),
        ]
        let plain = try Self.values([], from: sources)
        #expect(plain["COLOUR"] == "blue")
        #expect(plain["MY_NGINX_SERVICE_PORT"] == "1")
        #expect(plain["MY_NGINX_SERVICE_HOST"] == "10.0.162.149")
        #expect(try Self.values([Self.literal("COLOUR", "green")], from: sources)["COLOUR"] == "green")
        #expect(try Self.values([], from: sources.reversed())["COLOUR"] == "red")
    }

    @Test func envFromIsNotExpandedAndKeepsItsPrefix() throws {
        let values = try Self.values([], from: [EnvironmentSource(kind: .configMap, name: "settings", prefix: "P_")])
        #expect(values["P_SIZE"] == "$(COLOUR)")
        #expect(values["P_log.level"] == "info")
        #expect(values["SIZE"] == nil)
    }

    struct ExpansionRow: Sendable {
        var text: String
        var want: String
    }

    // Forms and results as in third_party/forked/golang/expansion/expand_test.go, with this table's variables.
    static let expansionRows = [
        ExpansionRow(text: "$(VAR_A)", want: "A"), ExpansionRow(text: "___$(VAR_B)___", want: "___B___"),
        ExpansionRow(text: "$(VAR_A)-$(VAR_B)", want: "A-B"),
        ExpansionRow(text: "$$(VAR_A)_$(VAR_A)", want: "$(VAR_A)_A"),
        ExpansionRow(text: "$$$(VAR_A)", want: "$A"), ExpansionRow(text: "$$$$(VAR_A)", want: "$$(VAR_A)"),
        ExpansionRow(text: "$VAR_A", want: "$VAR_A"), ExpansionRow(text: "$(NONE)", want: "$(NONE)"),
        ExpansionRow(text: "$(VAR_A", want: "$(VAR_A"), ExpansionRow(text: "$", want: "$"),
        ExpansionRow(text: "$$", want: "$"), ExpansionRow(text: "a$", want: "a$"),
        ExpansionRow(text: "$()", want: "$()"),
        ExpansionRow(text: "$(VAR_A))", want: "A)"), ExpansionRow(text: "$($(VAR_A)", want: "$($(VAR_A)"),
        ExpansionRow(text: "$(LATER)", want: "$(LATER)"), ExpansionRow(text: "$(VAR_REF)", want: "$(VAR_A)"),
        ExpansionRow(text: "$(MY_NGINX_SERVICE_HOST)", want: "10.0.162.149"), ExpansionRow(text: "$é", want: "$é"),
        ExpansionRow(text: "", want: ""),
    ]

    @Test(arguments: expansionRows) func expands(_ row: ExpansionRow) throws {
        let values = try Self.values([
            Self.literal("VAR_A", "A"), Self.literal("VAR_B", "B"), Self.literal("VAR_REF", "$$(VAR_A)"),
            Self.literal("RESULT", row.text), Self.literal("LATER", "x"),
        ])
        #expect(values["RESULT"] == row.want, "\(row.text)")
    }

    struct FieldRow: Sendable {
        var path: String
        var want: String?
    }

    static let fieldRows = [
        FieldRow(path: "metadata.name", want: "web-0"), FieldRow(path: "metadata.namespace", want: "default"),
        FieldRow(path: "metadata.uid", want: "1f3c"), FieldRow(path: "metadata.labels['app']", want: "web"),
        FieldRow(path: "metadata.labels['example.com/tier']", want: "front"),
        FieldRow(path: "metadata.labels['none']", want: ""),
        FieldRow(path: "metadata.annotations['note']", want: "hello"),
        FieldRow(path: "spec.nodeName", want: "node-1"), FieldRow(path: "spec.serviceAccountName", want: "runner"),
        FieldRow(path: "status.podIP", want: "10.244.1.9"), FieldRow(path: "status.podIPs", want: "10.244.1.9,fd00::9"),
        FieldRow(path: "status.hostIP", want: "192.0.2.1"),
        FieldRow(path: "status.hostIPs", want: "192.0.2.1,2001:db8::1"),
        FieldRow(path: "metadata.labels"), FieldRow(path: "metadata.labels[app]"), FieldRow(path: "status.phase"),
        FieldRow(path: "metadata.labels['']"), FieldRow(path: "metadata.labels['a b']"), FieldRow(path: "spec['x']"),
        FieldRow(path: "['app']"), FieldRow(path: ""), FieldRow(path: "']"),
    ]

    @Test(arguments: fieldRows) func fields(_ row: FieldRow) {
        let entry = EnvironmentEntry(name: "FIELD", value: .field(path: row.path))
        #expect((try? Self.values([entry])["FIELD"]) == row.want, "\(row.path)")
    }

    struct ResourceRow: Sendable {
        var resource: String
        var divisor = ""
        var container = ""
        var want: String?
    }

    static let resourceRows = [
        ResourceRow(resource: "limits.cpu", want: "2"),
        ResourceRow(resource: "limits.cpu", divisor: "1m", want: "1500"),
        ResourceRow(resource: "requests.cpu", want: "1"),
        ResourceRow(resource: "requests.cpu", divisor: "1m", want: "250"),
        ResourceRow(resource: "limits.memory", want: "134217728"),
        ResourceRow(resource: "limits.memory", divisor: "1Mi", want: "128"),
        ResourceRow(resource: "limits.memory", divisor: "1M", want: "135"),
        ResourceRow(resource: "requests.memory", divisor: "1Gi", want: "1"),
        ResourceRow(resource: "requests.memory", divisor: "0", want: "134217728"),
        ResourceRow(resource: "requests.ephemeral-storage", want: "0"),
        ResourceRow(resource: "limits.hugepages-2Mi", want: "0"),
        ResourceRow(resource: "limits.cpu", divisor: "1m", container: "side", want: "2000"),
        ResourceRow(resource: "limits.cpu", divisor: "2"), ResourceRow(resource: "limits.memory", divisor: "1m"),
        ResourceRow(resource: "limits.gpu"), ResourceRow(resource: "cpu"), ResourceRow(resource: "other.cpu"),
        ResourceRow(resource: "limits.cpu", container: "none"),
    ]

    @Test(arguments: resourceRows) func resources(_ row: ResourceRow) {
        let value = EnvironmentEntry.Value.resource(
            containerName: row.container, resource: row.resource, divisor: row.divisor)
        let values = try? Self.values(
            [EnvironmentEntry(name: "R", value: value)], limits: ["cpu": "1500m", "memory": "128Mi"],
            requests: ["cpu": "0.25"])
        #expect(values?["R"] == row.want, "\(row)")
    }

    @Test func aLimitThatIsNotSetIsLeftOutAndSaid() throws {
        let entry = EnvironmentEntry(
            name: "LIMIT", value: .resource(containerName: "", resource: "limits.memory", divisor: ""))
        let container = Container(name: "app", environment: [entry])
        let environment = try ContainerEnvironment(container, of: Self.pod(), in: Self.snapshot())
        #expect(!environment.variables.contains { $0.name == "LIMIT" })
        #expect(environment.findings.map(\.reason) == [.limitUnknown])
    }

    struct MissingRow: Sendable {
        var label: String
        var value: EnvironmentEntry.Value
        var want: EnvironmentError.Reason?
    }

    static let missingRows = [
        MissingRow(label: "key", value: .configMapKey(name: "settings", key: "none", optional: false), want: .noKey),
        MissingRow(label: "map", value: .configMapKey(name: "none", key: "k", optional: false), want: .noConfigMap),
        MissingRow(label: "secret key", value: .secretKey(name: "keys", key: "none", optional: false), want: .noKey),
        MissingRow(label: "secret", value: .secretKey(name: "none", key: "k", optional: false), want: .noSecret),
        MissingRow(label: "optional key", value: .configMapKey(name: "settings", key: "none", optional: true)),
        MissingRow(label: "optional map", value: .configMapKey(name: "none", key: "k", optional: true)),
        MissingRow(label: "optional secret", value: .secretKey(name: "none", key: "k", optional: true)),
    ]

    @Test(arguments: missingRows) func missing(_ row: MissingRow) {
        let entry = EnvironmentEntry(name: "X", value: row.value)
        do {
            let values = try Self.values([entry])
            #expect(row.want == nil, "\(row.label)")
            #expect(values["X"] == nil, "\(row.label)")
        } catch {
            #expect((error as? EnvironmentError)?.reason == row.want, "\(row.label)")
        }
    }

    @Test func missingEnvFromIsRefusedByName() throws {
        let required = EnvironmentSource(kind: .secret, name: "absent")
        let error = #expect(throws: EnvironmentError.self) { try Self.values([], from: [required]) }
        #expect(error?.message.contains("Secret default/absent") == true)
        let optional = EnvironmentSource(kind: .configMap, name: "absent", optional: true)
        #expect(try Self.values([], from: [optional])["COLOUR"] == nil)
    }

    @Test func namesNoShellCanUseAndLargeValuesAreSaid() throws {
        var container = Container(
            name: "app", environmentSources: [EnvironmentSource(kind: .configMap, name: "settings")])
        // 131,072 octets with "BIG=" and the final zero octet are what execve(2) takes.
        container.environment = [Self.literal("BIG", String(repeating: "x", count: 131_067))]
        let fits = try ContainerEnvironment(container, of: Self.pod(), in: Self.snapshot())
        #expect(fits.findings.map(\.reason) == [.variableNameUnusual])
        container.environment = [Self.literal("BIG", String(repeating: "x", count: 131_068))]
        let large = try ContainerEnvironment(container, of: Self.pod(), in: Self.snapshot())
        #expect(Set(large.findings.map(\.reason)) == [.variableNameUnusual, .variableTooLarge])
    }

    @Test func aLargeEnvironmentIsSaid() throws {
        let entries = (0..<16).map { Self.literal("BIG_\($0)", String(repeating: "x", count: 131_000)) }
        let container = Container(name: "app", environment: entries)
        let environment = try ContainerEnvironment(container, of: Self.pod(), in: Self.snapshot())
        #expect(environment.findings.map(\.reason) == [.environmentTooLarge])
    }

    @Test func aPodStartedBeforeTheServiceSeesOnlyKubernetes() throws {
        var pod = Tutorial.pods[0]
        pod.startTime = 999
        pod.controller = "ReplicaSet/my-nginx-3800858182"
        let container = try ContainerEnvironment.container(named: nil, of: pod)
        let snapshot = Tutorial.registry().snapshot
        let started = try ContainerEnvironment(container, of: pod, in: snapshot, view: .asStarted)
        #expect(started.variables.allSatisfy { $0.name.hasPrefix("KUBERNETES_") })
        #expect(started.variables.count == 8)
        #expect(started.findings.map(\.reason) == [.serviceCreatedLater])
        #expect(started.findings.first?.message.contains("default/my-nginx") == true)
        #expect(try ContainerEnvironment(container, of: pod, in: snapshot).variables.count == 15)
        pod.startTime = 1000
        let recreated = try ContainerEnvironment(container, of: pod, in: snapshot, view: .asStarted)
        #expect(recreated.variables.contains { $0.name == "MY_NGINX_SERVICE_HOST" && $0.value == "10.0.162.149" })
        #expect(recreated.findings.isEmpty)
    }

    @Test func containersAreFoundByName() throws {
        var pod = Self.pod()
        pod.containers = [Container(name: "setup", isInit: true), Container(name: "app"), Container(name: "side")]
        #expect(try ContainerEnvironment.container(named: nil, of: pod).name == "app")
        #expect(try ContainerEnvironment.container(named: "setup", of: pod).name == "setup")
        #expect(throws: EnvironmentError.self) { try ContainerEnvironment.container(named: "other", of: pod) }
    }
}
