import Answering
import ClusterFeed
import ClusterModel
import Testing

@testable import ClusterDNS

/// `env` from an API server: what it reads, and what it can still say where a read is forbidden.
struct APIEnvironmentTests {
    private static let yaml = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: team}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: app, namespace: team}
        spec:
          containers:
          - name: app
            envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: keys, optional: true}}]
            env:
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: token, key: value}}}
            - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
            - {name: GREETING, value: hello}
          - name: sidecar
            envFrom: [{secretRef: {name: other}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: team}
        data: {colour: green}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: token, namespace: team}
        stringData: {value: t0ken}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: kubernetes, namespace: default}
        spec: {clusterIP: 10.0.0.1, ports: [{name: https, port: 443}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: db, namespace: team}
        spec: {clusterIP: 10.0.0.9, ports: [{port: 5432}]}
        """

    private static let request = EnvRequest(pod: "app", namespace: "team")

    /// A server with the objects above, and a reader that has asked it for what `request` needs.
    private static func read(
        _ request: EnvRequest = request, forbidden: Set<String> = []
    ) async throws -> (ScriptedServer, APIRegistryReader) {
        let server = ScriptedServer(try ScratchDirectory().registry(yaml).snapshot, forbidden: forbidden)
        var reader = APIRegistryReader(server, APISource(connection: .kubeconfig(file: "kubeconfig", context: nil)))
        try await reader.read(request)
        return (server, reader)
    }

    @Test func readsWhatTheContainerRefersTo() async throws {
        let (server, reader) = try await Self.read()
        #expect(
            server.requests == [
                "get namespaces team", "list services team", "get services default kubernetes", "get pods team app",
                "get configmaps team settings", "get secrets team keys", "get secrets team token",
            ])
        let lines = try Self.request.answer(from: reader.store.snapshot).text.split(separator: "\n")
        #expect(lines.contains("TOKEN=t0ken") && lines.contains("COLOUR=green") && lines.contains("GREETING=hello"))
        #expect(lines.contains("KUBERNETES_SERVICE_HOST=10.0.0.1") && lines.contains("DB_SERVICE_PORT=5432"))
        #expect(reader.findings.isEmpty)
    }

    @Test func forbiddenSecretsAreLeftOut() async throws {
        let (_, reader) = try await Self.read(forbidden: ["get secrets"])
        #expect(reader.unread == [.secret])
        let lines = try Self.request.answer(from: reader.store.snapshot).text.split(separator: "\n")
        #expect(lines.contains("COLOUR=green") && !lines.contains { $0.hasPrefix("TOKEN=") })
    }

    @Test func missingSecretIsARefusalAsOfKubelet() async throws {
        let request = EnvRequest(pod: "app", namespace: "team", container: "sidecar")
        let (_, reader) = try await Self.read(request)
        let failure = #expect(throws: CommandFailure.self) { try request.answer(from: reader.store.snapshot) }
        #expect(failure?.description.contains("Secret team/other") == true)
    }

    @Test func forbiddenNamespaceCountsAsThere() async throws {
        let (_, reader) = try await Self.read(EnvRequest(namespace: "team"), forbidden: ["get namespaces"])
        let text = try EnvRequest(namespace: "team").answer(from: reader.store.snapshot).text
        #expect(text.contains("DB_SERVICE_HOST=10.0.0.9\n"))
        #expect(reader.findings.map(\.severity) == [.warning] && reader.unread.isEmpty)
    }

    @Test func forbiddenPodEndsIt() async {
        await #expect(throws: CommandFailure.self) { try await Self.read(forbidden: ["get pods"]) }
    }

    @Test func unknownPodMayBeMeantOtherwise() async throws {
        let request = EnvRequest(pod: "appp", namespace: "team")
        let (_, reader) = try await Self.read(request)
        let failure = #expect(throws: CommandFailure.self) { try request.answer(from: reader.store.snapshot) }
        #expect(failure?.description.hasSuffix("did you mean \"app\"?") == true)
    }
}
