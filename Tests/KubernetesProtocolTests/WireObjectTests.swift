import ClusterModel
import KubernetesProtocol
import NetworkAddress
import Testing

/// Objects of the Kubernetes documentation, in both encodings.
struct WireObjectTests {
    static let metadata = #"""
        "metadata":{"name":"NAME","namespace":"default","uid":"6c1b6a6e-3f0f","resourceVersion":"102",
        "creationTimestamp":"2016-12-22T17:42:44Z","labels":{"run":"my-nginx"},"managedFields":[{"manager":"kubectl"}]}
        """#

    private static func read(
        _ resource: APIResource, _ encoding: ObjectEncoding, _ object: String, keeping: KeptFields = .everything
    ) throws -> DecodedObject {
        let bodies = WireBodies(resource: resource, encoding: encoding)
        return try ObjectReader.read(bodies.object(object), encoding, resource, keeping)
    }

    private static func service(_ encoding: ObjectEncoding, _ rest: String, keeping: KeptFields = .everything) throws
        -> Service
    {
        let head = #"{"kind":"Service","apiVersion":"v1",\#(metadata.replacing("NAME", with: "my-nginx")),"#
        let decoded = try read(.services, encoding, head + rest + "}", keeping: keeping)
        guard case .service(let service) = decoded.object else { throw Unexpected("\(decoded)") }
        return service
    }

    @Test(arguments: encodings) func clusterIPService(_ encoding: ObjectEncoding) throws {
        let service = try Self.service(
            encoding,
            #"""
            "spec":{"ports":[{"name":"http","protocol":"TCP","port":8080,"targetPort":80,"nodePort":31704},
            {"name":"dns","protocol":"UDP","port":53,"targetPort":"dns-udp"}],"selector":{"run":"my-nginx"},
            "clusterIP":"10.0.162.149","clusterIPs":["10.0.162.149","2001:db8::a2"],"type":"NodePort",
            "sessionAffinity":"None","ipFamilies":["IPv4","IPv6"],"ipFamilyPolicy":"PreferDualStack",
            "externalIPs":["80.11.12.10"]},
            "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.127"},{"hostname":"a.elb.example"}]}}
            """#)
        #expect(service.key == ObjectKey(namespace: "default", name: "my-nginx"))
        #expect(service.metadata.creationTime == 1_482_428_564)
        #expect(service.metadata.labels == ["run": "my-nginx"] && service.metadata.uid == "6c1b6a6e-3f0f")
        #expect(service.type == .nodePort && !service.isHeadless && service.ipFamilyPolicy == .preferDualStack)
        #expect(service.clusterIPs.map(\.description) == ["10.0.162.149", "2001:db8::a2"])
        #expect(service.ipFamilies == [.ipv4, .ipv6] && service.selector == ["run": "my-nginx"])
        #expect(service.externalIPs == ["80.11.12.10"])
        #expect(service.loadBalancerIngress == ["192.0.2.127", "a.elb.example"])
        #expect(
            service.ports == [
                ServicePort(name: "http", port: 8080, targetPort: .number(80), nodePort: 31704),
                ServicePort(name: "dns", transport: .udp, port: 53, targetPort: .name("dns-udp")),
            ])
    }

    @Test(arguments: encodings) func headlessAndExternalName(_ encoding: ObjectEncoding) throws {
        let headless = try Self.service(
            encoding, #""spec":{"clusterIP":"None","clusterIPs":["None"],"publishNotReadyAddresses":true}"#)
        #expect(headless.isHeadless && headless.clusterIPs.isEmpty && headless.publishNotReadyAddresses)
        let external = try Self.service(
            encoding, #""spec":{"type":"ExternalName","externalName":"My.Database.Example.Com."}"#)
        #expect(external.type == .externalName && external.externalName == "My.Database.Example.Com.")
    }

    @Test(arguments: encodings) func onlyWhatIsKept(_ encoding: ObjectEncoding) throws {
        let service = try Self.service(
            encoding,
            #""spec":{"clusterIP":"10.0.0.1","selector":{"a":"b"},"externalIPs":["192.0.2.1"],"ports":[{"port":80}]}"#,
            keeping: [])
        var bare = Service(
            metadata: ObjectMetadata(name: "my-nginx", resourceVersion: "102"),
            clusterIPs: [try #require(IPAddress("10.0.0.1"))])
        bare.ports = [ServicePort(port: 80)]
        #expect(service == bare)
    }

    @Test(arguments: encodings) func endpointSlice(_ encoding: ObjectEncoding) throws {
        let text = #"""
            {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"example-abc","namespace":"default",
            "resourceVersion":"7","labels":{"kubernetes.io/service-name":"example","a":"b"},"annotations":
            {"endpoints.kubernetes.io/last-change-trigger-time":"2024-02-29T12:00:00.25Z"}},"addressType":"IPv4",
            "ports":[{"name":"http","protocol":"TCP","port":80},{"name":"every"}],"endpoints":[
            {"addresses":["10.1.2.3"],"conditions":{"ready":true,"serving":true,"terminating":false},"hostname":"pod-1",
            "nodeName":"node-1","zone":"us-west2-a","targetRef":{"kind":"Pod","namespace":"default","name":"p-1"}},
            {"addresses":["10.1.2.4"],"conditions":{"ready":false}},{"addresses":["10.1.2.5"],"conditions":{}}]}
            """#
        let decoded = try Self.read(.endpointSlices, encoding, text, keeping: .targets)
        guard case .endpointSlice(let slice) = decoded.object else { throw Unexpected("\(decoded)") }
        #expect(decoded.resourceVersion == "7" && decoded.triggerTime == 1_709_208_000_250_000_000)
        #expect(slice.metadata.labels == ["kubernetes.io/service-name": "example"])
        #expect(slice.ports == [EndpointPort(name: "http", port: 80)])
        let target = TargetReference(kind: "Pod", namespace: "default", name: "p-1")
        let addresses = try ["10.1.2.3", "10.1.2.4", "10.1.2.5"].map { try #require(IPAddress($0)) }
        #expect(
            Array(slice.endpoints) == [
                Endpoint(
                    addresses: [addresses[0]], ready: true, serving: true, terminating: false, hostname: "pod-1",
                    target: target),
                Endpoint(addresses: [addresses[1]], ready: false), Endpoint(addresses: [addresses[2]]),
            ])
        guard case .endpointSlice(let whole) = try Self.read(.endpointSlices, encoding, text).object else {
            throw Unexpected(text)
        }
        #expect(whole.endpoints.first?.nodeName == "node-1" && whole.metadata.labels["a"] == "b")
    }

    @Test(arguments: encodings) func slicesOfOtherTypes(_ encoding: ObjectEncoding) throws {
        let head = #"{"kind":"EndpointSlice","metadata":{"name":"s","namespace":"a"},"addressType":"#
        let six = try Self.read(
            .endpointSlices, encoding, head + #""IPv6","endpoints":[{"addresses":["fd00::1","FD00:0::2"]}]}"#)
        let names = try Self.read(
            .endpointSlices, encoding, head + #""FQDN","endpoints":[{"addresses":["db.example.com"]}]}"#)
        guard case .endpointSlice(let sixes) = six.object, case .endpointSlice(let fqdns) = names.object else {
            throw Unexpected("\(six) \(names)")
        }
        #expect(sixes.endpoints.first?.addresses.map(\.description) == ["fd00::1", "fd00::2"])
        #expect(fqdns.endpoints.first?.hostNames == ["db.example.com"] && fqdns.service == nil)
    }

    @Test(arguments: encodings) func namespaceHasNoNamespace(_ encoding: ObjectEncoding) throws {
        let decoded = try Self.read(
            .namespaces, encoding, #"{"kind":"Namespace","metadata":{"name":"shop","labels":{"team":"a"}}}"#,
            keeping: [])
        #expect(decoded.key == ObjectKey(namespace: "", name: "shop"))
        #expect(decoded.object?.metadata.labels == ["team": "a"])
    }

    @Test(arguments: encodings) func configurationAndImports(_ encoding: ObjectEncoding) throws {
        let metadata = #""metadata":{"name":"special-config","namespace":"default"}"#
        let map = try Self.read(
            .configMaps, encoding,
            #"{"kind":"ConfigMap",\#(metadata),"data":{"special.how":"very"},"binaryData":{"b":"AAEC"}}"#)
        let secret = try Self.read(.secrets, encoding, #"{"kind":"Secret",\#(metadata),"data":{"k":"aGVsbG8="}}"#)
        let imported = try Self.read(
            .serviceImports, encoding,
            #"""
            {"kind":"ServiceImport","metadata":{"name":"my-svc","namespace":"my-ns"},"spec":{"ips":["42.42.42.42"],
            "type":"ClusterSetIP","ports":[{"name":"http","protocol":"TCP","port":80}],"sessionAffinity":"None"}}
            """#)
        guard case .configMap(let configMap) = map.object, case .secret(let value) = secret.object,
            case .serviceImport(let service) = imported.object
        else { throw Unexpected("\(map) \(secret) \(imported)") }
        #expect(configMap.data == ["special.how": "very"] && value.data == ["k": Array("hello".utf8)])
        #expect(service.kind == .clusterSetIP && service.ips.map(\.description) == ["42.42.42.42"])
        #expect(service.ports == [ServicePort(name: "http", port: 80)])
    }
}

struct Unexpected: Error {
    let found: String
    init(_ found: String) { self.found = found }
}
