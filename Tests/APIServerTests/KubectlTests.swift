import APIServerTesting
import Foundation
import Testing

/// kubectl reads from the server and writes to it: it speaks Kubernetes, and no dialect.
///
/// Over TLS kubectl chooses HTTP/2, and `create` sends and receives protobuf: Kubernetes reads what was written here.
@Suite(.serialized) struct KubectlTests {
    typealias Kubectl = ([String]) async -> Tool.Result

    private static func withKubectl(_ body: (APIServer, _ scratch: URL, Kubectl) async throws -> Void) async throws {
        try await withScratchDirectory { scratch in
            var options = APIServer.Options()
            options.certificates = try TestCertificates(in: scratch)
            options.settings.acceptedTokens = ["secret"]
            let server = APIServer(options)
            try server.put(yaml: objects, completing: true)
            try await server.start()
            let file = scratch.appending(path: "kubeconfig")
            try Data(server.kubeconfig(token: "secret").utf8).write(to: file)
            let environment = ["KUBECONFIG": file.path, "HOME": scratch.path]
            try await body(server, scratch) {
                await Tool.run(["timeout", "20", "kubectl"] + $0, environment: environment)
            }
            await server.stop()
        }
    }

    private static let objects = """
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop, creationTimestamp: "2020-01-01T00:00:00Z"}
        spec:
          clusterIP: 10.96.7.8
          ports: [{name: http, port: 80, protocol: TCP}, {name: dns, port: 53, protocol: UDP}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
        addressType: IPv4
        endpoints: [{addresses: [10.244.1.1], conditions: {ready: true}}, {addresses: [10.244.1.2]}]
        ports: [{name: http, port: 8080, protocol: TCP}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web-0, namespace: shop}
        spec: {containers: [{name: web, image: nginx}]}
        status: {phase: Running, podIP: 10.244.1.1, containerStatuses: [{name: web, ready: true, restartCount: 2}]}
        """

    @Test func getShowsColumns() async throws {
        try await Self.withKubectl { _, _, kubectl in
            let services = await kubectl(["get", "services", "-A", "--no-headers"])
            let words = services.output.split(whereSeparator: \.isWhitespace).dropLast()
            #expect(words == ["shop", "web", "ClusterIP", "10.96.7.8", "<none>", "80/TCP,53/UDP"])
            let pods = await kubectl(["get", "pods", "-n", "shop", "-o", "wide", "--no-headers"]).output
            #expect(pods.contains("1/1") && pods.contains("Running") && pods.contains("10.244.1.1"))
            #expect(
                await kubectl(["get", "svc", "nope"]).errors
                    == "Error from server (NotFound): services \"nope\" not found\n")
        }
    }

    @Test func getShowsWholeObjects() async throws {
        try await Self.withKubectl { _, _, kubectl in
            let yaml = await kubectl(["get", "endpointslices", "-n", "shop", "-o", "yaml"]).yaml
            let slice = try #require(yaml["items"]?.array?.first)
            #expect(slice["kind"] == "EndpointSlice" && slice["apiVersion"] == "discovery.k8s.io/v1")
            #expect(slice["endpoints"]?.array?.count == 2)
            let path = "jsonpath={.items[*].endpoints[*].addresses[0]}"
            let selected = ["get", "endpointslices", "-A", "-l", "kubernetes.io/service-name=web", "-o", path]
            #expect(await kubectl(selected).output == "10.244.1.1 10.244.1.2")
        }
    }

    @Test func watchPrintsChanges() async throws {
        try await Self.withKubectl { server, _, kubectl in
            Task.detached {
                while server.watchCounts["pods"] == nil { try await Task.sleep(for: .milliseconds(10)) }
                var pod = server.object(.pods, "web-0", namespace: "shop") ?? .null
                pod["status", "phase"] = "Failed"
                try server.put(pod)
                server.remove(.pods, "web-0", namespace: "shop")
            }
            let arguments = [
                "get", "pods", "-n", "shop", "-w", "--output-watch-events", "--no-headers", "--request-timeout=3s",
            ]
            let lines = await kubectl(arguments).output.split(separator: "\n")
            #expect(lines.map { $0.prefix { $0 != " " } } == ["ADDED", "MODIFIED", "DELETED"])
            #expect(lines.count > 1 && lines[1].contains("Failed"))
        }
    }

    @Test func applyPatchAndDelete() async throws {
        try await Self.withKubectl { server, scratch, kubectl in
            let file = scratch.appending(path: "service.yaml")
            func write(port: Int) throws {
                let text = """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: api, namespace: shop}
                    spec: {selector: {app: api}, ports: [{name: http, port: \(port)}]}
                    """
                try Data(text.utf8).write(to: file)
            }
            try write(port: 80)
            let created = await kubectl(["apply", "-f", file.path])
            #expect(created.output == "service/api created\n", "\(created.errors)")
            #expect(await kubectl(["apply", "-f", file.path]).output == "service/api unchanged\n")
            try write(port: 81)
            #expect(await kubectl(["apply", "-f", file.path]).output == "service/api configured\n")
            let ports = server.object(.services, "api", namespace: "shop")?["spec"]?["ports"]?.array
            #expect(ports?.compactMap { $0["port"]?.integer } == [81])
            #expect(await kubectl(["label", "-n", "shop", "service/api", "a=b"]).status == 0)
            #expect(server.object(.services, "api", namespace: "shop")?["metadata"]?["labels"]?["a"] == "b")
            #expect(await kubectl(["delete", "-f", file.path]).output == "service \"api\" deleted\n")
            #expect(server.object(.services, "api", namespace: "shop") == nil)
        }
    }

    @Test func protobufIsReadAndWritten() async throws {
        try await Self.withKubectl { server, _, kubectl in
            let create = [
                "create", "service", "nodeport", "np", "-n", "shop", "--tcp=80:web", "--node-port=30080", "-o", "yaml",
            ]
            let service = await kubectl(create).yaml
            let stored = try #require(server.object(.services, "np", namespace: "shop"))
            for object in [service, stored] {
                #expect(object["spec"]?["type"] == "NodePort")
                #expect(
                    object["spec"]?["ports"] == [
                        ["name": "80-web", "nodePort": 30080, "port": 80, "protocol": "TCP", "targetPort": "web"]
                    ])
            }
            #expect(service["metadata"]?["uid"] == stored["metadata"]?["uid"])
            #expect(service["metadata"]?["creationTimestamp"] == stored["metadata"]?["creationTimestamp"])
            let secret = ["create", "secret", "generic", "s", "-n", "shop", "--from-literal=key=a b", "-o", "yaml"]
            #expect(await kubectl(secret).yaml["data"]?["key"] == "YSBi")
        }
    }

    @Test func aWrongTokenIsRefused() async throws {
        try await Self.withKubectl { server, _, kubectl in
            server.configure { $0.acceptedTokens = ["another"] }
            let refused = await kubectl(["get", "services"])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("You must be logged in to the server"))
        }
    }

    @Test func aClientCertificateIsAskedFor() async throws {
        try await withScratchDirectory { scratch in
            var options = APIServer.Options()
            options.certificates = try TestCertificates(in: scratch)
            options.needsClientCertificate = true
            let server = APIServer(options)
            try await server.start()
            let file = scratch.appending(path: "kubeconfig")
            try Data(server.kubeconfig().utf8).write(to: file)
            let known = ["kubectl", "--kubeconfig", file.path, "get", "--raw", "/readyz"]
            #expect(await Tool.run(known, environment: ["HOME": scratch.path]).output == "ok")
            let unknown = ["curl", "-s", "--cacert", scratch.appending(path: "ca.crt").path, server.url + "/readyz"]
            let refused = await Tool.run(unknown)
            #expect(refused.status != 0 && refused.output.isEmpty)
            await server.stop()
        }
    }
}
