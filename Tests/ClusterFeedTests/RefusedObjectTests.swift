import ClusterFeed
import ClusterModel
import Testing

/// What the API server would refuse: that object is skipped and named, the one after it goes on.
struct RefusedObjectTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var object: String
        /// Words that the message must hold.
        var says: String
        var testDescription: String { label }
    }

    private static func service(_ spec: String, name: String = "a") -> String {
        "{apiVersion: v1, kind: Service, metadata: {name: \(name)}, spec: {\(spec)}}"
    }

    private static func slice(_ rest: String) -> String {
        "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, "
            + "labels: {kubernetes.io/service-name: a}}, \(rest)}"
    }

    private static let long = String(repeating: "a", count: 64)

    static let rows = [
        Row(label: "not an address", object: service("clusterIP: not-an-ip"), says: "spec.clusterIP"),
        Row(label: "upper case", object: service("", name: "Web"), says: "metadata.name"),
        Row(label: "underscore", object: service("", name: "my_web"), says: "metadata.name"),
        Row(label: "wildcard", object: service("", name: "'*'"), says: "metadata.name"),
        Row(label: "digit first (RFC 1035)", object: service("", name: "1web"), says: "metadata.name"),
        Row(label: "64 octets", object: service("", name: long), says: "metadata.name"),
        Row(label: "dot in a Service name", object: service("", name: "a.b"), says: "metadata.name"),
        Row(label: "number as a name", object: service("", name: "12"), says: "quotes"),
        Row(label: "port 0", object: service("ports: [{port: 0}]"), says: "spec.ports[0].port is 0"),
        Row(label: "port 65536", object: service("ports: [{port: 65536}]"), says: "1-65535"),
        Row(label: "port below 0", object: service("ports: [{port: -1}]"), says: "1-65535"),
        Row(label: "quoted port", object: service("ports: [{port: '80'}]"), says: "unquoted"),
        Row(label: "no port", object: service("ports: [{name: http}]"), says: "no port"),
        Row(label: "protocol", object: service("ports: [{port: 80, protocol: tcp}]"), says: "TCP, UDP, SCTP"),
        Row(
            label: "port name twice", object: service("ports: [{port: 1, name: a}, {port: 2, name: a}]"),
            says: "repeats the port name"),
        Row(
            label: "port twice", object: service("ports: [{port: 1, name: a}, {port: 1, name: b}]"),
            says: "repeats port"),
        Row(label: "port name", object: service("ports: [{port: 1, name: My_Port}]"), says: "spec.ports[0].name"),
        Row(label: "target port name", object: service("ports: [{port: 1, targetPort: '80'}]"), says: "targetPort"),
        Row(label: "type", object: service("type: Cluster"), says: "LoadBalancer"),
        Row(label: "two of a family", object: service("clusterIPs: [10.0.0.1, 10.0.0.2]"), says: "second IPv4"),
        Row(
            label: "clusterIPs differ", object: service("clusterIP: 10.0.0.1, clusterIPs: [10.0.0.2]"), says: "differs"),
        Row(label: "externalName missing", object: service("type: ExternalName"), says: "externalName"),
        Row(
            label: "externalName wildcard", object: service("type: ExternalName, externalName: '*.a'"),
            says: "host name"),
        Row(label: "ports is text", object: service("ports: many"), says: "must be a list"),
        Row(
            label: "spec is a list", object: "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: [1]}",
            says: "spec"),
        Row(label: "selector number", object: service("selector: {a: 1}"), says: "spec.selector.a"),
        Row(label: "no metadata", object: "{apiVersion: v1, kind: Service}", says: "metadata.name"),
        Row(label: "no name", object: "{apiVersion: v1, kind: Pod, metadata: {namespace: a}}", says: "no name"),
        Row(
            label: "namespace", object: "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: A}}",
            says: "metadata.namespace"),
        Row(label: "no apiVersion", object: "{kind: Service, metadata: {name: a}}", says: "apiVersion: v1"),
        Row(
            label: "old slice version",
            object: "{apiVersion: discovery.k8s.io/v1beta1, kind: EndpointSlice, metadata: {name: a}}",
            says: "discovery.k8s.io/v1"),
        Row(label: "no kind", object: "{apiVersion: v1, metadata: {name: a}}", says: "no Kubernetes object"),
        Row(label: "text", object: "just words", says: "no Kubernetes object"),
        Row(
            label: "address of another type",
            object: slice("addressType: IPv6, endpoints: [{addresses: [10.0.0.1]}]"), says: "not IPv6"),
        Row(label: "no address", object: slice("addressType: IPv4, endpoints: [{addresses: []}]"), says: "0 addresses"),
        Row(label: "address type", object: slice("addressType: ipv4"), says: "IPv4, IPv6, FQDN"),
        Row(
            label: "hostname", object: slice("addressType: IPv4, endpoints: [{addresses: [10.0.0.1], hostname: A}]"),
            says: "hostname"),
        Row(
            label: "Pod address", object: "{apiVersion: v1, kind: Pod, metadata: {name: a}, status: {podIP: '1.2.3'}}",
            says: "status.podIP"),
        Row(
            label: "time", object: "{apiVersion: v1, kind: Pod, metadata: {name: a, creationTimestamp: noon}}",
            says: "RFC 3339"),
        Row(
            label: "base64", object: "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: '!secret'}}",
            says: "base64"),
    ]

    @Test(arguments: rows) func onlyThatObject(_ row: Row) {
        let good = "{apiVersion: v1, kind: Namespace, metadata: {name: good}}"
        let manifest = ManifestDecoder.decode("\(row.object)\n---\n\(good)\n", file: "r.yaml")
        #expect(manifest.objects.map(\.metadata.name) == ["good"])
        #expect(!manifest.isRefused)
        #expect(manifest.findings.count == 1)
        let finding = manifest.findings.first
        #expect(finding?.severity == .error && finding?.line == 1)
        #expect(finding?.message.contains(row.says) == true, "\(finding?.message ?? "")")
    }

    @Test func messageHasPlaceNameAndRemedy() {
        let text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 99999\n"
        let finding = ManifestDecoder.decode(text, file: "web.yaml").findings.first
        #expect(
            finding?.description
                == "web.yaml:7:11: error: Service default/web is skipped: spec.ports[0].port is 99999, which is no port; "
                + "choose one in 1-65535")
    }

    @Test func secretsAreNotShown() {
        let text = "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {pin: 48151623}}"
        let finding = ManifestDecoder.decode(text, file: "s.yaml").findings.first
        #expect(finding?.message.contains("48151623") == false)
    }

    @Test func unnamedPortAmongSeveralIsAWarning() {
        let manifest = ManifestDecoder.decode(Self.service("ports: [{port: 1}, {port: 2, name: b}]"), file: "p.yaml")
        #expect(manifest.objects.count == 1)
        #expect(manifest.findings.map(\.severity) == [.warning])
    }
}
