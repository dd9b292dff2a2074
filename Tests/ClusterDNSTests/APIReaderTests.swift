import Answering
import ClusterFeed
import ClusterModel
import KubernetesClient
import KubernetesProtocol
import Testing

@testable import ClusterDNS

/// What commands ask of an API server, and what they make of its refusals.
struct APIReaderTests {
    private static let source = APISource(connection: .kubeconfig(file: "kubeconfig", context: nil))

    private static func definition(_ change: (inout APISource) -> Void = { _ in }) throws -> RegistryDefinition {
        var source = source
        change(&source)
        var definition = try RegistryChoice.find(conf: nil, .kubeconfig(file: "kubeconfig", context: nil)).definition
        definition.source = .api(source)
        return definition
    }

    private static func read(
        _ needs: RegistryNeeds, _ server: ScriptedServer, _ source: APISource = source
    ) async throws -> APIRegistryReader {
        var reader = APIRegistryReader(server, source)
        try await reader.read(needs)
        return reader
    }

    struct Row: Sendable {
        var label: String
        var source = APIReaderTests.source
        var needs: @Sendable (RegistryDefinition) throws -> RegistryNeeds
        var want: [String]
    }

    static let rows = [
        Row(
            label: "a zone is Namespaces, Services and slices", needs: RegistryNeeds.zone,
            want: ["list namespaces", "list services", "list endpointslices"]),
        Row(
            label: "noendpoints needs no slices",
            source: APISource(connection: .inCluster, needs: []), needs: RegistryNeeds.zone,
            want: ["list namespaces", "list services"]),
        Row(
            label: "pods verified, and the selectors of the zone",
            source: APISource(
                connection: .inCluster, objectSelector: "a=b", namespaceSelector: "team",
                needs: [.endpointSlices, .pods]),
            needs: RegistryNeeds.zone,
            want: ["list namespaces team", "list services a=b", "list endpointslices a=b", "list pods a=b"]),
        Row(
            label: "get asks for one type in one namespace",
            needs: { _ in try .listing(.services, namespace: "other") },
            want: ["list services other"]),
        Row(
            label: "endpoints are Services and slices", needs: { _ in try .listing(.endpoints, namespace: nil) },
            want: ["list services", "list endpointslices"]),
        Row(
            label: "names asks for one namespace", needs: { _ in .names(inNamespace: "default") },
            want: ["get namespaces default", "list services default", "list endpointslices default"]),
        Row(
            label: "check tries what serve would watch", needs: RegistryNeeds.check,
            want: [
                "list namespaces", "watch namespaces 7", "list services", "watch services 7", "list endpointslices",
                "watch endpointslices 7", "list pods",
            ]),
    ]

    @Test(arguments: rows) func requests(_ row: Row) async throws {
        let server = ScriptedServer(try ScratchDirectory().registry(Tutorial.yaml).snapshot)
        let needs = try row.needs(Self.definition { $0 = row.source })
        _ = try await Self.read(needs, server, row.source)
        #expect(server.requests == row.want, "\(row.label)")
    }

    @Test func everyObjectArrives() async throws {
        let snapshot = try ScratchDirectory().registry(Tutorial.yaml).snapshot
        let reader = try await Self.read(.zone(Self.definition()), ScriptedServer(snapshot))
        #expect(Set(reader.store.snapshot.services.keys) == Set(snapshot.services.keys))
        #expect(reader.findings.isEmpty && reader.unread.isEmpty)
    }

    @Test func forbiddenSlicesAreLeftOut() async throws {
        let server = ScriptedServer(
            try ScratchDirectory().registry(Tutorial.yaml).snapshot, forbidden: ["list endpointslices"])
        let reader = try await Self.read(.zone(Self.definition()), server)
        #expect(reader.unread == [.endpointSlice])
        #expect(
            reader.findings.map(\.description) == [
                "kubeconfig: error: The API server forbids the verb list endpointslices. "
                    + "What follows does without endpointslices."
            ])
        #expect(!reader.store.snapshot.services.isEmpty)
    }

    @Test func forbiddenServicesEndIt() async throws {
        let server = ScriptedServer(ClusterSnapshot(), forbidden: ["list services"])
        let failure = await #expect(throws: CommandFailure.self) {
            try await Self.read(.zone(Self.definition()), server)
        }
        #expect(failure?.description == "The API server forbids the verb list services.")
    }

    @Test func forbiddenWatchIsAnErrorOfCheck() async throws {
        let server = ScriptedServer(ClusterSnapshot(), forbidden: ["watch services"])
        let reader = try await Self.read(.check(Self.definition()), server)
        #expect(reader.findings.map(\.message).first?.hasSuffix("the server would not see changes.") == true)
        #expect(reader.findings.count == 1 && reader.unread.isEmpty)
    }

    @Test func checkDoesWithoutPodsThatServeNeedsNot() async throws {
        let server = ScriptedServer(ClusterSnapshot(), forbidden: ["list pods"])
        let reader = try await Self.read(.check(Self.definition()), server)
        #expect(reader.findings.map(\.severity) == [.info] && reader.unread == [.pod])
        var verified = Self.source
        verified.needs.insert(.pods)
        let needed = try await Self.read(.check(Self.definition { $0 = verified }), server, verified)
        #expect(needed.findings.map(\.severity) == [.error])
    }

    /// Nothing is said of selectors where Pods may not be read.
    @Test func lintLeavesOutRulesOfUnreadKinds() throws {
        let registry = try ScratchDirectory().registry(
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {x: v}, ports: [{port: 80}]}\n")
        let lint = { RegistryLint(snapshot: registry.snapshot, definition: registry.definition, unread: $0).findings }
        #expect(lint([]).count == 1 && lint([.pod]).isEmpty)
    }

    @Test func unreachableServerEndsIt() async throws {
        let server = ScriptedServer(ClusterSnapshot(), failure: APIError(.unreachable, "No route."))
        let failure = await #expect(throws: CommandFailure.self) {
            try await Self.read(.zone(Self.definition()), server)
        }
        #expect(failure?.description == "No route.")
    }

    @Test func unreadableObjectIsNamed() async throws {
        let object = DecodedObject(
            kind: .service, key: ObjectKey(namespace: "default", name: "bad"), resourceVersion: "",
            content: .unreadable("clusterIP is no address."))
        let server = ScriptedServer(ClusterSnapshot(), unreadable: [object])
        let reader = try await Self.read(.zone(Self.definition()), server)
        #expect(reader.findings.map(\.message) == ["Service default/bad is skipped: clusterIP is no address."])
    }

    @Test func workloadsComeFromManifestsOnly() {
        let failure = #expect(throws: CommandFailure.self) {
            try RegistryNeeds.listing(.deployments, namespace: nil)
        }
        #expect(failure?.description.hasSuffix("use kubectl get deployments") == true)
    }
}
