import ClusterFeed
import ClusterModel
import NetworkAddress
import Testing

/// The tutorial's objects, and the ways in which manifests are written.
struct ManifestDecoderTests {
    private static func only(_ text: String, file: String = "t.yaml") throws -> ClusterObject {
        let manifest = ManifestDecoder.decode(text, file: file)
        #expect(manifest.findings == [])
        #expect(manifest.objects.count == 1)
        return try #require(manifest.objects.first)
    }

    @Test func service() throws {
        let object = try Self.only(
            """
            # the tutorial's Service
            apiVersion: v1
            kind: Service
            metadata:
              name: my-nginx
              labels: {run: my-nginx}
              creationTimestamp: 2016-12-22T17:42:44Z
            spec:
              ports:
              - port: 80
                protocol: TCP
              selector:
                run: my-nginx
            """)
        guard case .service(let service) = object else { throw Unexpected(object) }
        #expect(service.key == ObjectKey(namespace: "default", name: "my-nginx"))
        #expect(service.metadata.source == SourceLocation(file: "t.yaml", line: 2))
        // date -u -d 2016-12-22T17:42:44Z +%s
        #expect(service.metadata.creationTime == 1_482_428_564)
        #expect(service.type == .clusterIP && service.needsClusterIP)
        #expect(service.ports == [ServicePort(port: 80)])
        #expect(service.selector == ["run": "my-nginx"])
    }

    @Test func secureServiceInJSON() throws {
        let object = try Self.only(
            """
            {
            \t"apiVersion": "v1", "kind": "Service",
            \t"metadata": {"name": "my-nginx", "namespace": "secure"},
            \t"spec": {"type": "NodePort", "clusterIP": "2001:DB8::1", "ports": [
            \t\t{"name": "http", "port": 8080, "targetPort": 80, "nodePort": 31704},
            \t\t{"name": "https", "port": 443, "targetPort": "tls"}]}
            }
            """, file: "t.json")
        guard case .service(let service) = object else { throw Unexpected(object) }
        #expect(service.type == .nodePort)
        #expect(service.clusterIPs == [try #require(IPAddress("2001:db8::1"))])
        #expect(service.verbatimClusterIP == "2001:DB8::1")
        #expect(
            service.ports == [
                ServicePort(name: "http", port: 8080, targetPort: .number(80), nodePort: 31704),
                ServicePort(name: "https", port: 443, targetPort: .name("tls")),
            ])
    }

    @Test func loadBalancerAndHeadlessAndExternalName() throws {
        let manifest = ManifestDecoder.decode(
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Service, metadata: {name: lb}, spec: {type: LoadBalancer, ports: [{port: 80}]},
               status: {loadBalancer: {ingress: [{hostname: a.us-east-1.elb.amazonaws.com}, {ip: 104.197.41.11}]}}}
            - {apiVersion: v1, kind: Service, metadata: {name: none}, spec: {clusterIP: None}}
            - {apiVersion: v1, kind: Service, metadata: {name: ext}, spec: {type: ExternalName, externalName: My.Example.}}
            - {apiVersion: batch/v1, kind: Job, metadata: {name: ignored}}
            """, file: "l.yaml")
        #expect(manifest.findings == [])
        let services = manifest.objects.compactMap(\.service)
        #expect(services.map(\.metadata.name) == ["lb", "none", "ext"])
        #expect(services.first?.loadBalancerIngress == ["a.us-east-1.elb.amazonaws.com", "104.197.41.11"])
        #expect(services.map(\.isHeadless) == [false, true, false])
        #expect(services.last?.externalName == "My.Example.")
        #expect(services.map { $0.metadata.source?.line } == [4, 6, 7])
    }

    @Test func endpointSlice() throws {
        let object = try Self.only(
            """
            addressType: IPv4
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: my-nginx-7vzhx, labels: {kubernetes.io/service-name: my-nginx}}
            endpoints:
            - addresses: [10.244.2.5]
              conditions: {ready: true, serving: true, terminating: false}
              nodeName: kubernetes-minion-ljyd
              targetRef: {kind: Pod, name: my-nginx-3800858182-kna2y, namespace: default}
            - {addresses: [10.244.3.4], conditions: {ready: false}, hostname: web-0}
            ports: [{name: "", port: 80, protocol: TCP}]
            """)
        guard case .endpointSlice(let slice) = object else { throw Unexpected(object) }
        #expect(slice.service == ObjectKey(namespace: "default", name: "my-nginx"))
        #expect(slice.endpoints.map(\.isPublished) == [true, false])
        #expect(slice.endpoints.map(\.hostname) == ["", "web-0"])
        #expect(slice.endpoints.first?.target?.name == "my-nginx-3800858182-kna2y")
        #expect(slice.ports == [EndpointPort(port: 80)])
    }

    @Test func endpointsBecomeSlices() throws {
        let manifest = ManifestDecoder.decode(
            """
            apiVersion: v1
            kind: Endpoints
            metadata: {name: db}
            subsets:
            - addresses: [{ip: 192.0.2.1}, {ip: "2001:db8::1", hostname: six}]
              notReadyAddresses: [{ip: 192.0.2.2}]
              ports: [{port: 5432}]
            """, file: "e.yaml")
        let slices = manifest.objects.compactMap(\.slice)
        #expect(manifest.findings == [])
        #expect(slices.map(\.addressType) == [.ipv4, .ipv6])
        #expect(slices.map { $0.service?.name } == ["db", "db"])
        #expect(slices.first?.endpoints.map(\.isPublished) == [true, false])
        #expect(slices.last?.endpoints.first?.hostname == "six")
    }

    @Test func pod() throws {
        let object = try Self.only(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: my-nginx-3800858182-jr4a2
              ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: my-nginx-3800858182, controller: true}]
            spec:
              nodeName: kubernetes-minion-905m
              containers:
              - name: my-nginx
                ports: [{containerPort: 80}]
                env:
                - {name: GREETING, value: hi}
                - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                envFrom: [{configMapRef: {name: settings, optional: true}, prefix: C_}]
                resources: {limits: {cpu: 500m, memory: 128Mi}, requests: {cpu: 1}}
            status:
              phase: Running
              podIPs: [{ip: 10.244.3.4}]
              startTime: "1970-01-02T01:00:00+01:00"
              conditions: [{type: Ready, status: "True"}]
              containerStatuses: [{ready: true, restartCount: 2}]
            """)
        guard case .pod(let pod) = object else { throw Unexpected(object) }
        #expect(pod.isReady && pod.phase == .running && pod.readyContainers == 1 && pod.restarts == 2)
        #expect(pod.podIPs == [try #require(IPAddress("10.244.3.4"))])
        #expect(pod.startTime == 86400)
        #expect(pod.controller == "ReplicaSet/my-nginx-3800858182")
        let container = try #require(pod.containers.first)
        #expect(container.ports == [ContainerPort(port: 80)])
        #expect(container.environment.map(\.value) == [.literal("hi"), .field(path: "status.podIP")])
        #expect(container.environmentSources.first?.prefix == "C_")
        #expect(container.limits == ["cpu": "500m", "memory": "128Mi"] && container.requests == ["cpu": "1"])
    }

    @Test func configMapSecretNamespaceWorkload() throws {
        let manifest = ManifestDecoder.decode(
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: shop, creationTimestamp: null}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "1"}, binaryData: {b: AAEC}}
            --- # a comment
            {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: aGVsbG8=}, stringData: {t: "*&"}}
            ---
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 2,
              selector: {matchLabels: {run: d}}, template: {metadata: {labels: {run: d}}, spec: {containers: []}}}}
            ---
            """, file: "m.yaml")
        #expect(manifest.findings == [])
        #expect(manifest.objects.map(\.kind) == [.namespace, .configMap, .secret, .workload])
        #expect(manifest.objects.first?.metadata.namespace == "")
        guard case .secret(let secret) = manifest.objects[2], case .workload(let work) = manifest.objects[3] else {
            throw Unexpected(manifest)
        }
        #expect(secret.data == ["k": Array("hello".utf8), "t": Array("*&".utf8)])
        #expect(work.kind == "Deployment" && work.replicas == 2 && work.selector == ["run": "d"])
    }

    @Test func anchorsAndMergeKeys() throws {
        let object = try Self.only(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: &labels {run: web}}
            spec: {<<: {type: NodePort}, selector: *labels, ports: [{port: 80}]}
            """)
        #expect(object.service?.selector == ["run": "web"])
        #expect(object.service?.type == .nodePort)
    }
}

struct Unexpected: Error {
    let value: String
    init(_ value: some Any) { self.value = "\(value)" }
}

extension ClusterObject {
    var service: Service? { if case .service(let service) = self { service } else { nil } }
    var slice: EndpointSlice? { if case .endpointSlice(let slice) = self { slice } else { nil } }
}
