import ClusterFeed
import ClusterModel
import KubernetesProtocol
import Testing

/// One object from a manifest and from the API server: both are read alike, or both are refused.
struct TwoSourcesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var resource = APIResource.services
        /// Everything behind `metadata`.
        var rest: String
        var testDescription: String { rest }

        var text: String {
            #"{"apiVersion":"\#(resource.apiVersion)","kind":"\#(resource.kind.rawValue)","metadata":{"name":"web","#
                + #""namespace":"shop","uid":"u","resourceVersion":"7","creationTimestamp":"2016-12-22T17:42:44Z","#
                + #""labels":{"a":"b"},"annotations":{"c":"d"}},\#(rest)}"#
        }
    }

    private static func spec(_ spec: String) -> Row { Row(rest: #""spec":{\#(spec)}"#) }

    static let good = [
        spec(#""clusterIP":"10.0.0.1","ports":[{"name":"http","port":80,"targetPort":"web","nodePort":30080}]"#),
        spec(
            #""clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","FD00::1"],"ipFamilies":["IPv4","IPv6"],"selector":{"x":"y"}"#
        ),
        spec(
            #""clusterIP":"None","publishNotReadyAddresses":true,"ports":[{"port":53,"protocol":"UDP","targetPort":0}]"#
        ),
        spec(#""type":"ExternalName","externalName":"My_db.Example.com.""#),
        Row(rest: #""spec":{},"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"},{"hostname":"lb.example"}]}}"#),
        Row(
            resource: .endpointSlices,
            rest: #""addressType":"IPv4","ports":[{"name":"","port":80},{}],"endpoints":[{"addresses":["10.0.0.1"],"#
                + #""conditions":{"ready":false},"hostname":"h","nodeName":"n","targetRef":{"kind":"Pod","name":"p"}}]"#
        ),
        Row(resource: .endpointSlices, rest: #""addressType":"FQDN","endpoints":[{"addresses":["a.example"]}]"#),
        Row(
            resource: .pods,
            rest:
                #""spec":{"hostname":"h","containers":[{"name":"c","ports":[{"containerPort":80}],"env":[{"name":"A"}],"#
                + #""resources":{"limits":{"cpu":"1"}}}],"initContainers":[{"name":"i","restartPolicy":"Always"}]},"#
                + #""status":{"phase":"Running","podIP":"10.0.0.2","startTime":"2016-12-22T17:42:44Z","#
                + #""conditions":[{"type":"Ready","status":"True"}]}"#),
        Row(resource: .configMaps, rest: #""data":{"a":"1"}"#),
        Row(resource: .secrets, rest: #""data":{"a":"aGVsbG8="}"#),
    ]

    static let bad = [
        spec(#""clusterIP":"not-an-ip""#), spec(#""clusterIPs":["10.0.0.1","10.0.0.2"]"#), spec(#""type":"Other""#),
        spec(#""clusterIP":"10.0.0.1","clusterIPs":["10.0.0.2"]"#), spec(#""clusterIPs":["None","10.0.0.1"]"#),
        spec(#""type":"ExternalName""#), spec(#""type":"ExternalName","externalName":"a b""#),
        spec(#""type":"ExternalName","externalName":"a","clusterIP":"10.0.0.1""#),
        spec(#""ports":[{"port":0}]"#), spec(#""ports":[{"port":70000}]"#), spec(#""ports":[{"name":"x"}]"#),
        spec(#""ports":[{"port":80},{"port":80}]"#), spec(#""ports":[{"port":80,"name":"a"},{"port":81,"name":"a"}]"#),
        spec(#""ports":[{"port":80,"protocol":"tcp"}]"#), spec(#""ports":[{"port":80,"targetPort":"80"}]"#),
        spec(#""ports":"many""#), spec(#""ipFamilies":["IPv4","IPv4"]"#), spec(#""externalIPs":["x"]"#),
        Row(resource: .endpointSlices, rest: #""endpoints":[]"#),
        Row(resource: .endpointSlices, rest: #""addressType":"IPv4","endpoints":[{"addresses":["fd00::1"]}]"#),
        Row(resource: .endpointSlices, rest: #""addressType":"IPv4","endpoints":[{"addresses":[]}]"#),
        Row(resource: .endpointSlices, rest: #""addressType":"IPv4","ports":[{"port":1},{"port":2}]"#),
        Row(resource: .pods, rest: #""spec":{"hostname":"A"}"#),
        Row(resource: .pods, rest: #""status":{"podIP":"1.2.3"}"#),
        Row(resource: .pods, rest: #""status":{"phase":"Gone"}"#), Row(resource: .configMaps, rest: #""data":[]"#),
    ]

    @Test(arguments: good) func readAlike(_ row: Row) throws {
        var fromManifest = try #require(ManifestDecoder.decode(row.text, file: "t.json").objects.first)
        fromManifest.forgetSource()
        #expect(try Self.fromServer(row).content == .object(fromManifest))
    }

    @Test(arguments: bad) func refusedAlike(_ row: Row) throws {
        let manifest = ManifestDecoder.decode(row.text, file: "t.json")
        #expect(manifest.objects.isEmpty && manifest.findings.count == 1)
        let decoded = try Self.fromServer(row)
        guard case .unreadable = decoded.content else { throw Unexpected(decoded) }
        #expect(decoded.key == ObjectKey(namespace: "shop", name: "web"))
    }

    private static func fromServer(_ row: Row) throws -> DecodedObject {
        try ObjectReader.read(Array(row.text.utf8), .json, row.resource, .everything)
    }
}

extension ClusterObject {
    /// Only manifests have a place.
    fileprivate mutating func forgetSource() {
        switch self {
        case .service(var object):
            object.metadata.source = nil
            self = .service(object)
        case .endpointSlice(var object):
            object.metadata.source = nil
            self = .endpointSlice(object)
        case .pod(var object):
            object.metadata.source = nil
            self = .pod(object)
        case .configMap(var object):
            object.metadata.source = nil
            self = .configMap(object)
        case .secret(var object):
            object.metadata.source = nil
            self = .secret(object)
        case .namespace, .workload, .serviceImport: break
        }
    }
}
