import ClusterModel
import NetworkAddress
import Testing

@testable import ClusterDNS

/// Columns and cells of kubectl 1.36 (pkg/printers/internalversion/printers.go).
struct GetTests {
    struct ServiceRow: Sendable { var label: String, service: Service, isWide = false, want: [String] }

    static func make(
        _ type: ServiceType, _ change: (inout Service) -> Void = { _ in }
    ) -> Service {
        var service = Service(
            metadata: ObjectMetadata(name: "s", creationTime: 100), type: type,
            clusterIPs: [IPAddress("10.0.0.7")].compactMap(\.self),
            ports: [ServicePort(port: 80)])
        change(&service)
        return service
    }

    static let awsName = "a320587ffd19711e5a37606cf4a74574-1142138393.us-east-1.elb.amazonaws.com"

    static let serviceRows = [
        ServiceRow(
            label: "ClusterIP", service: make(.clusterIP),
            want: ["ClusterIP", "10.0.0.7", "<none>", "80/TCP", "20s"]),
        ServiceRow(
            label: "headless",
            service: make(.clusterIP) { ($0.isHeadless, $0.clusterIPs, $0.ports) = (true, [], []) },
            want: ["ClusterIP", "None", "<none>", "<none>", "20s"]),
        ServiceRow(
            label: "no address yet", service: make(.clusterIP) { $0.clusterIPs = [] },
            want: ["ClusterIP", "<none>", "<none>", "80/TCP", "20s"]),
        ServiceRow(
            label: "externalIPs", service: make(.clusterIP) { $0.externalIPs = ["192.0.2.1", "192.0.2.2"] },
            want: ["ClusterIP", "10.0.0.7", "192.0.2.1,192.0.2.2", "80/TCP", "20s"]),
        ServiceRow(
            label: "NodePort",
            service: make(.nodePort) {
                $0.ports = [ServicePort(port: 53, nodePort: 30053), ServicePort(transport: .udp, port: 53)]
            }, want: ["NodePort", "10.0.0.7", "<none>", "53:30053/TCP,53/UDP", "20s"]),
        ServiceRow(
            label: "LoadBalancer without an address", service: make(.loadBalancer),
            want: ["LoadBalancer", "10.0.0.7", "<pending>", "80/TCP", "20s"]),
        ServiceRow(
            label: "a long host name stays whole",
            service: make(.loadBalancer) { $0.loadBalancerIngress = [awsName] },
            want: ["LoadBalancer", "10.0.0.7", awsName, "80/TCP", "20s"]),
        ServiceRow(
            label: "-o wide adds the selector",
            service: make(.loadBalancer) {
                ($0.loadBalancerIngress, $0.selector) = ([awsName], ["b": "2", "a": "1"])
            },
            isWide: true,
            want: ["LoadBalancer", "10.0.0.7", awsName, "80/TCP", "20s", "a=1,b=2"]),
        ServiceRow(
            label: "ExternalName",
            service: make(.externalName) { ($0.clusterIPs, $0.ports, $0.externalName) = ([], [], "db.example.com") },
            want: ["ExternalName", "<none>", "db.example.com", "<none>", "20s"]),
        ServiceRow(
            label: "no creation time", service: make(.clusterIP) { $0.metadata.creationTime = nil },
            want: ["ClusterIP", "10.0.0.7", "<none>", "80/TCP", "<unknown>"]),
    ]

    @Test(arguments: serviceRows) func serviceRow(_ row: ServiceRow) throws {
        var store = ClusterStore()
        _ = store.apply([.upserted(.service(row.service))])
        let object = try #require(store.snapshot.listing(.services, now: 120).objects.first)
        #expect(object.cells + (row.isWide ? object.wideCells : []) == row.want, "\(row.label)")
    }

    struct SliceRow: Sendable { var label: String, slices: [EndpointSlice], want: String }

    static func slice(_ name: String, _ addresses: [String], ready: Bool? = true, ports: [UInt16] = [80])
        -> EndpointSlice
    {
        EndpointSlice(
            metadata: ObjectMetadata(name: name, labels: [EndpointSlice.serviceNameLabel: "s"]), addressType: .ipv4,
            endpoints: addresses.map { Endpoint(addresses: [IPAddress($0)].compactMap(\.self), ready: ready) },
            ports: ports.map { EndpointPort(name: "p\($0)", port: $0) })
    }

    static let sliceRows = [
        SliceRow(label: "no slices", slices: [], want: "<none>"),
        SliceRow(
            label: "address order", slices: [slice("a", ["10.1.0.9", "10.1.0.2"])], want: "10.1.0.2:80,10.1.0.9:80"),
        SliceRow(label: "without ports", slices: [slice("a", ["10.1.0.2"], ports: [])], want: "10.1.0.2"),
        SliceRow(
            label: "three are shown",
            slices: [
                slice("a", ["10.1.0.1", "10.1.0.2"], ports: [80, 443]), slice("b", ["10.1.0.3"], ports: [80, 443]),
            ],
            want: "10.1.0.1:80,10.1.0.2:80,10.1.0.3:80 + 3 more..."),
        SliceRow(label: "not ready", slices: [slice("a", ["10.1.0.1"], ready: false)], want: ""),
        SliceRow(label: "absent is ready", slices: [slice("a", ["10.1.0.1"], ready: nil)], want: "10.1.0.1:80"),
    ]

    @Test(arguments: sliceRows) func endpoints(_ row: SliceRow) throws {
        var store = ClusterStore()
        let service = Self.make(.clusterIP) { $0.selector = ["a": "1"] }
        _ = store.apply([.upserted(.service(service))] + row.slices.map { .upserted(.endpointSlice($0)) })
        let object = try #require(store.snapshot.listing(.endpoints, now: 120).objects.first)
        #expect(object.cells == [row.want, "20s"], "\(row.label)")
    }

    /// A column is never narrower than six (text/tabwriter's minwidth, as kubectl sets it).
    @Test func columns() {
        let table = TextTable(header: ["IP", "NAME", "AGE"], rows: [["", "long-name", "5s"], ["1", "a", ""]])
        #expect(table.text == "IP    NAME        AGE\n      long-name   5s\n1     a           \n")
    }

    @Test func pods() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let request = GetRequest(type: .pods, namespace: "default", format: .wide)
        // 2026-01-05T09:05:10Z
        let answer = try request.answer(from: registry.snapshot, now: 1_767_603_910)
        #expect(
            answer.text == """
                NAME             READY   STATUS    RESTARTS   AGE     IP           NODE     NOMINATED NODE   READINESS GATES
                my-nginx-jr4a2   1/1     Running   3          5m10s   10.244.3.4   minion   <none>           <none>

                """)
    }

    @Test func allNamespaces() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let answer = try GetRequest(type: .services).answer(from: registry.snapshot, now: 1_767_603_600)
        #expect(
            answer.text == """
                NAMESPACE   NAME         TYPE           CLUSTER-IP     EXTERNAL-IP           PORT(S)    AGE
                default     kubernetes   ClusterIP      10.0.0.1       <none>                443/TCP    60m
                default     my-nginx     ClusterIP      10.0.162.149   <none>                80/TCP     <invalid>
                other       archive      ExternalName   <none>         Archive.example.com   <none>     <unknown>
                other       queue        ClusterIP      None           <none>                5672/TCP   <unknown>

                """)
    }

    @Test func nothingFound() throws {
        let snapshot = ClusterSnapshot()
        let named = try GetRequest(type: .services, namespace: "default").answer(from: snapshot, now: 0)
        #expect(named == ("", "No resources found in default namespace."))
        #expect(try GetRequest(type: .services).answer(from: snapshot, now: 0) == ("", "No resources found"))
        #expect(try GetRequest(type: .pods, format: .name).answer(from: snapshot, now: 0).text == "")
        #expect(throws: CommandFailure.self) {
            try GetRequest(type: .services, names: ["x"], namespace: "default").answer(from: snapshot, now: 0)
        }
    }

    @Test func notFoundNamesTheNearest() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let failure = #expect(throws: CommandFailure.self) {
            try GetRequest(type: .services, names: ["my-ngnix"], namespace: "default").answer(
                from: registry.snapshot, now: 0)
        }
        #expect(
            failure?.description
                == "Error from server (NotFound): services \"my-ngnix\" not found in namespace \"default\"; did you mean "
                + "\"my-nginx\"?")
    }

    struct WordRow: Sendable { var words: [String], want: ResourceType? }

    /// The names and short names of `kubectl api-resources`.
    static let wordRows = [
        WordRow(words: ["services", "service", "svc", "SVC"], want: .services),
        WordRow(words: ["endpoints", "ep"], want: .endpoints),
        WordRow(words: ["endpointslices", "endpointslice"], want: .endpointSlices),
        WordRow(words: ["pods", "pod", "po"], want: .pods),
        WordRow(words: ["namespaces", "namespace", "ns"], want: .namespaces),
        WordRow(words: ["deployments", "deploy"], want: .deployments),
        WordRow(words: ["replicasets", "rs"], want: .replicaSets),
        WordRow(words: ["", "nodes", "s"], want: nil),
    ]

    @Test(arguments: wordRows) func resourceType(_ row: WordRow) {
        for word in row.words { #expect(ResourceType(word: word) == row.want, "\(word)") }
    }
}
