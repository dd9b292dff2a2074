import ClusterModel
import Testing

@testable import ClusterDNS

struct EnvTests {
    @Test func newPodKnowsEveryService() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let answer = try EnvRequest().answer(from: registry.snapshot)
        let lines = answer.text.split(separator: "\n")
        #expect(lines.contains("MY_NGINX_SERVICE_HOST=10.0.162.149") && lines.contains("KUBERNETES_SERVICE_PORT=443"))
        #expect(answer.findings.isEmpty)
        let other = try EnvRequest(namespace: "other").answer(from: registry.snapshot).text
        #expect(other.contains("KUBERNETES_SERVICE_HOST=10.0.0.1\n") && !other.contains("MY_NGINX"))
    }

    @Test func asStartedMissesTheLaterService() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let request = EnvRequest(pod: "my-nginx-jr4a2", view: .asStarted)
        let answer = try request.answer(from: registry.snapshot)
        #expect(answer.text.contains("KUBERNETES_SERVICE_HOST=10.0.0.1\n") && !answer.text.contains("MY_NGINX"))
        #expect(answer.findings.map(\.object) == [ObjectKey(namespace: "default", name: "my-nginx")])
    }

    struct Row: Sendable { var label: String, request: EnvRequest, want: String }

    static let refusals = [
        Row(
            label: "no such Pod", request: EnvRequest(pod: "nope"),
            want: "pods \"nope\" not found in namespace \"default\""),
        Row(label: "no such namespace", request: EnvRequest(namespace: "defualt"), want: "did you mean \"default\"?"),
        Row(
            label: "no such container", request: EnvRequest(pod: "my-nginx-jr4a2", container: "sidecar"),
            want: "has no container \"sidecar\""),
    ]

    @Test(arguments: refusals) func refusal(_ row: Row) throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let failure = #expect(throws: CommandFailure.self) { try row.request.answer(from: registry.snapshot) }
        #expect(failure?.description.contains(row.want) == true, "\(row.label): \(failure?.description ?? "")")
    }

    @Test func missingConfigMapIsARefusal() throws {
        let registry = try ScratchDirectory().registry(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: app}
            spec: {containers: [{name: app, envFrom: [{configMapRef: {name: not-there}}]}]}
            """)
        let failure = #expect(throws: CommandFailure.self) {
            try EnvRequest(pod: "app").answer(from: registry.snapshot)
        }
        #expect(failure?.description.contains("ConfigMap default/not-there") == true)
    }
}
