import ClusterModel
import KubernetesProtocol
import Testing

/// What the API server would not accept: that object alone is unreadable, named where it can be, and the next goes on.
struct WireRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var resource = APIResource.services
        var object: String
        /// Words that the message must hold.
        var says: String
        var isNamed = true
        var testDescription: String { label }
    }

    private static func service(_ spec: String, name: String = "a") -> String {
        #"{"kind":"Service","metadata":{"name":"\#(name)","namespace":"default","resourceVersion":"3"},"spec":{\#(spec)}}"#
    }

    private static func slice(_ rest: String) -> String {
        #"{"metadata":{"name":"a","namespace":"default","resourceVersion":"3"},\#(rest)}"#
    }

    private static let long = String(repeating: "a", count: 64)

    static let rows = [
        Row(label: "not an address", object: service(#""clusterIP":"not-an-ip""#), says: "spec.clusterIP"),
        Row(label: "upper case", object: service("", name: "Web"), says: "metadata.name"),
        Row(label: "underscore", object: service("", name: "my_web"), says: "metadata.name"),
        Row(label: "wildcard", object: service("", name: "*"), says: "metadata.name"),
        Row(label: "64 octets", object: service("", name: long), says: "metadata.name"),
        Row(label: "dot in a Service name", object: service("", name: "a.b"), says: "metadata.name"),
        Row(label: "port 0", object: service(#""ports":[{"port":0}]"#), says: "spec.ports[0].port is 0"),
        Row(label: "port 65536", object: service(#""ports":[{"port":65536}]"#), says: "1-65535"),
        Row(label: "port below 0", object: service(#""ports":[{"port":-1}]"#), says: "1-65535"),
        Row(label: "no port", object: service(#""ports":[{"name":"http"}]"#), says: "no port"),
        Row(label: "protocol", object: service(#""ports":[{"port":80,"protocol":"tcp"}]"#), says: "TCP, UDP, SCTP"),
        Row(
            label: "port name twice", object: service(#""ports":[{"port":1,"name":"a"},{"port":2,"name":"a"}]"#),
            says: "spec.ports[1] repeats the port name"),
        Row(
            label: "port twice", object: service(#""ports":[{"port":1,"name":"a"},{"port":1,"name":"b"}]"#),
            says: "repeats port 1/TCP"),
        Row(label: "port name", object: service(#""ports":[{"port":1,"name":"My_Port"}]"#), says: "spec.ports[0].name"),
        Row(
            label: "target port", object: service(#""ports":[{"port":1,"targetPort":70000}]"#),
            says: "targetPort is 70000"),
        Row(label: "target port name", object: service(#""ports":[{"port":1,"targetPort":"80"}]"#), says: "targetPort"),
        Row(label: "type", object: service(#""type":"Cluster""#), says: "LoadBalancer"),
        Row(label: "two of a family", object: service(#""clusterIPs":["10.0.0.1","10.0.0.2"]"#), says: "second IPv4"),
        Row(
            label: "clusterIPs differ", object: service(#""clusterIP":"10.0.0.1","clusterIPs":["10.0.0.2"]"#),
            says: "differs"),
        Row(label: "None and an address", object: service(#""clusterIPs":["None","10.0.0.2"]"#), says: "None beside"),
        Row(label: "externalName missing", object: service(#""type":"ExternalName""#), says: "externalName"),
        Row(
            label: "externalName wildcard", object: service(#""type":"ExternalName","externalName":"*.a""#),
            says: "host name"),
        Row(label: "family", object: service(#""ipFamilies":["IPv5"]"#), says: "spec.ipFamilies[0]"),
        Row(label: "no name", object: #"{"metadata":{"namespace":"a"}}"#, says: "metadata.name", isNamed: false),
        Row(label: "no metadata", object: #"{"spec":{}}"#, says: "metadata.name", isNamed: false),
        Row(label: "no namespace", object: #"{"metadata":{"name":"a"}}"#, says: "metadata.namespace"),
        Row(
            label: "address of another type", resource: .endpointSlices,
            object: slice(#""addressType":"IPv6","endpoints":[{"addresses":["fd00::1"]},{"addresses":["10.0.0.1"]}]"#),
            says: "endpoints[1].addresses[0] 10.0.0.1 is not IPv6"),
        Row(
            label: "address garbage", resource: .endpointSlices,
            object: slice(#""addressType":"IPv4","endpoints":[{"addresses":["10.0.0.256"]}]"#),
            says: #""10.0.0.256" is not an IP address"#),
        Row(
            label: "no address", resource: .endpointSlices, object: slice(#""addressType":"IPv4","endpoints":[{}]"#),
            says: "0 addresses"),
        Row(
            label: "address type", resource: .endpointSlices, object: slice(#""addressType":"ipv4""#),
            says: "IPv4, IPv6, FQDN"),
        Row(label: "no address type", resource: .endpointSlices, object: slice(#""ports":[]"#), says: "addressType"),
        Row(
            label: "hostname", resource: .endpointSlices,
            object: slice(#""addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"hostname":"A"}]"#),
            says: "endpoints[0].hostname"),
        Row(
            label: "Pod address", resource: .pods, object: slice(#""status":{"podIPs":[{"ip":"1.2.3"}]}"#),
            says: "status.podIPs[0].ip"),
        Row(label: "Pod phase", resource: .pods, object: slice(#""status":{"phase":"Gone"}"#), says: "status.phase"),
    ]

    @Test(arguments: rows, encodings) func onlyThatObject(_ row: Row, _ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: row.resource, encoding: encoding)
        let good = #"{"metadata":{"name":"good","namespace":"default"},"addressType":"IPv4"}"#
        let outcome = ListOutcome(bodies, try bodies.list([good, row.object, good]))
        #expect(outcome.error == nil && outcome.objects.count == 3)
        #expect(outcome.objects.first?.object != nil && outcome.objects.last?.object != nil)
        let bad = try #require(outcome.objects.dropFirst().first)
        #expect(bad.complaint?.contains(row.says) == true, "\(bad.complaint ?? "read")")
        #expect((bad.key != nil) == row.isNamed)
    }

    /// Fields of another type than the API's: protobuf can hold them only as octets that make no sense.
    @Test(arguments: [
        #"{"metadata":{"name":"a","namespace":"default"},"spec":"none"}"#,
        #"{"metadata":{"name":"a","namespace":"default"},"spec":{"ports":"many"}}"#,
        #"{"metadata":{"name":"a","namespace":"default"},"spec":{"ports":[{"port":{}}]}}"#,
        #"{"kind":"Pod","metadata":{"name":"a","namespace":"default"},"spec":{}}"#,
        #"{"metadata":{"name":"a","namespace":"default","labels":["x"]},"spec":{}}"#,
    ])
    func wrongTypeInJSON(_ object: String) throws {
        let bodies = WireBodies(resource: .services, encoding: .json)
        let outcome = ListOutcome(bodies, try bodies.list([object, Self.service("")]))
        #expect(outcome.objects.map { $0.complaint == nil } == [false, true] && outcome.error == nil)
        let isTyped = object.contains("kind")
        #expect(outcome.objects.first?.key == (isTyped ? nil : ObjectKey(namespace: "default", name: "a")))
    }

    @Test func wrongTypeInProtobuf() throws {
        let bodies = WireBodies(resource: .services, encoding: .protobuf)
        let name = try bodies.message(#"{"metadata":{"name":"a","namespace":"default"}}"#)
        let items = [name + WireBodies.field(2, Array("none".utf8)), name, Array("garbage".utf8)].flatMap {
            WireBodies.field(2, $0)
        }
        let list = WireBodies.field(1, WireBodies.field(2, Array("5".utf8))) + items
        let outcome = ListOutcome(bodies, try bodies.envelope("ServiceList", list))
        #expect(outcome.objects.map { $0.complaint == nil } == [false, true, false] && outcome.error == nil)
        #expect(outcome.objects.map(\.key?.name) == ["a", "a", nil])
    }

    /// An object over the limit is passed over, wherever its octets are cut.
    @Test(arguments: encodings) func tooLarge(_ encoding: ObjectEncoding) throws {
        let bodies = WireBodies(resource: .configMaps, encoding: encoding)
        let metadata = #""metadata":{"name":"a","namespace":"default"}"#
        let large = #"{\#(metadata),"data":{"k":"\#(String(repeating: "x", count: 2000))"}}"#
        let body = try bodies.list([large, "{\(metadata)}"])
        for step in [1, 7, 999, 5000] {
            let cuts = Array(stride(from: step, to: body.count, by: step))
            let outcome = ListOutcome(bodies, body, cuts: cuts, octetCountMax: 2000)
            #expect(outcome.error == nil && outcome.metadata?.resourceVersion == "500")
            #expect(outcome.objects.map { $0.complaint?.contains("2000 octets") } == [true, nil])
        }
        #expect(ListOutcome(bodies, body).objects.allSatisfy { $0.complaint == nil })
    }
}
