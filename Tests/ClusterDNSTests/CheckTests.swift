import ClusterFeed
import Testing

@testable import ClusterDNS

struct CheckTests {
    struct Row: Sendable {
        var label: String
        var yaml: String
        var options = ""
        var line: Int?
        var severity = Finding.Severity.warning
        /// Part of the finding's message; nil: nothing is reported.
        var want: String?
    }

    private static func service(_ name: String, _ spec: String, namespace: String = "default") -> String {
        "apiVersion: v1\nkind: Service\nmetadata: {name: \(name), namespace: \(namespace)}\nspec: {\(spec)}\n"
    }

    private static func pod(_ name: String, _ labels: String, _ spec: String) -> String {
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: \(name), labels: {\(labels)}}\n"
            + "spec: {\(spec)}\nstatus: {phase: Running, podIP: 10.1.0.1}\n"
    }

    static let rows = [
        Row(
            label: "a selector that picks nothing", yaml: service("a", "selector: {x: v}, ports: [{port: 80}]"),
            line: 1,
            want: "selects x=v, which no Pod or workload"),
        Row(
            label: "a selector that picks a workload's Pods",
            yaml: service("a", "selector: {x: v}, ports: [{port: 80}]")
                + "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n"
                + "spec: {selector: {matchLabels: {x: v}}, template: {metadata: {labels: {x: v}}, spec: {containers: [{name: c}]}}}\n",
            want: nil),
        Row(
            label: "a targetPort no container has",
            yaml: service("a", "selector: {x: v}, ports: [{port: 80, targetPort: web}]")
                + pod("p", "x: v", "containers: [{name: c, ports: [{name: http, containerPort: 80}]}]"), line: 1,
            want: "port named \"web\" (there are http)"),
        Row(
            label: "a targetPort a container has",
            yaml: service("a", "selector: {x: v}, ports: [{port: 80, targetPort: http}]")
                + pod("p", "x: v", "containers: [{name: c, ports: [{name: http, containerPort: 80}]}]"), want: nil),
        Row(
            label: "an ExternalName that is an address",
            yaml: service("a", "type: ExternalName, externalName: 192.0.2.1"),
            line: 1, want: "a CNAME holds names only"),
        Row(
            label: "an ExternalName that leads back to itself",
            yaml: service("a", "type: ExternalName, externalName: a.default.svc.cluster.local"), line: 1,
            want: "default/a -> default/a"),
        Row(
            label: "an ExternalName outside", yaml: service("a", "type: ExternalName, externalName: db.example.com"),
            want: nil),
        Row(
            label: "a subdomain without its Service",
            yaml: pod("p", "x: v", "hostname: p, subdomain: web, containers: [{name: c}]"), line: 2,
            want: "Service default/web is not there"),
        Row(
            label: "a slice without its Service",
            yaml: "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\nendpoints: []\n"
                + "metadata: {name: s, labels: {kubernetes.io/service-name: gone}}\n", line: 1,
            want: "belongs to Service default/gone, which is not there"),
        Row(
            label: "a port name too long for SRV",
            yaml: service("a", "ports: [{port: 80, name: \(String(repeating: "p", count: 63))}]"), line: 1,
            want: "has no SRV record in zone cluster.local"),
        Row(
            label: "a namespace that is not there", yaml: service("a", "ports: [{port: 80}]"),
            options: "namespaces default gone",
            want: "names gone, which is not there"),
    ]

    @Test(arguments: rows) func lint(_ row: Row) throws {
        let scratch = try ScratchDirectory()
        let registry = try scratch.registry(row.yaml, options: row.options)
        let findings = RegistryLint(registry).findings
        guard let want = row.want else {
            #expect(findings.isEmpty, "\(row.label): \(findings)")
            return
        }
        let finding = findings.first { $0.message.contains(want) }
        #expect(finding?.severity == row.severity, "\(row.label): \(findings)")
        #expect(finding?.line == row.line, "\(row.label)")
        #expect(findings.count == 1, "\(row.label): \(findings)")
    }

    /// `N_PORT` of the one and `M_PORT_80_TCP_PORT` of the other are the same name (pkg/kubelet/envvars).
    @Test func variableCollision() throws {
        let registry = try ScratchDirectory().registry(
            Self.service("a", "clusterIP: 10.0.0.8, ports: [{port: 80}]") + "---\n"
                + Self.service("a-port-80-tcp", "clusterIP: 10.0.0.9, ports: [{port: 81}]"))
        let findings = RegistryLint(registry).findings
        #expect(findings.map(\.line) == [6])
        #expect(findings.first?.message.contains("A_PORT_80_TCP_PORT") == true)
    }

    @Test func corefileErrorHasItsPlace() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write("Corefile", ". {\n    loadbalence\n}\n")
        let report = try await CheckReport.make(conf: file, nil)
        #expect(report.errorCount == 1)
        #expect(report.text.hasPrefix("\(file):2:5: error: "))
        #expect(report.text.hasSuffix("\(file): 1 error, 0 warnings\n"))
    }

    @Test func brokenManifestIsAnError() async throws {
        let scratch = try ScratchDirectory()
        _ = try scratch.registry("kind: [broken\n")
        let report = try await CheckReport.make(conf: "\(scratch.path)/Corefile", nil)
        #expect(report.errorCount == 1)
        #expect(report.findings.first?.file.hasSuffix("manifests/all.yaml") == true)
    }

    @Test func missingHostsFile() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write("Corefile", ". {\n    hosts gone\n}\n")
        let report = try await CheckReport.make(conf: file, nil)
        #expect(report.findings.map(\.file) == ["\(scratch.path)/gone"] && report.errorCount == 1)
    }

    @Test func nothingToReport() async throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write("Corefile", ". {\n    errors\n}\n")
        #expect(try await CheckReport.make(conf: file, nil).text == "\(file): nothing to report\n")
    }
}
