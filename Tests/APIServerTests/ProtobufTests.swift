import NIOCore
import Testing

@testable import APIServerTesting

/// The protobuf encoding, judged by protoc and by octets written out by hand.
struct ProtobufTests {
    struct Row: Sendable {
        var label: String
        var kind: String
        var yaml: String
        /// What `protoc --decode_raw` prints, without white space; the numbers are those of generated.proto.
        var raw: String
    }

    static let rows = [
        Row(
            label: "a Service", kind: "Service",
            yaml: """
                metadata: {name: web, creationTimestamp: "1970-01-01T00:02:03Z", labels: {app: w}}
                spec:
                  clusterIP: 10.0.0.1
                  clusterIPs: [10.0.0.1, "fd00::1"]
                  publishNotReadyAddresses: true
                  ports:
                  - {name: http, port: 80, targetPort: 8080}
                  - {name: dns, port: 53, targetPort: dns, protocol: UDP}
                status: {loadBalancer: {ingress: [{hostname: lb.example}]}}
                """,
            raw: """
                1{1:"web"8{1:1232:0}11{1:"app"2:"w"}}
                2{1{1:"http"3:804{1:02:80803:""}}1{1:"dns"2:"UDP"3:534{1:12:03:"dns"}}
                3:"10.0.0.1"13:118:"10.0.0.1"18:"fd00::1"}3{1{1{2:"lb.example"}}}
                """),
        Row(
            label: "an EndpointSlice; false is written, what is absent is not", kind: "EndpointSlice",
            yaml: """
                metadata: {name: s}
                addressType: IPv4
                endpoints:
                - {addresses: [10.1.0.1], conditions: {ready: false}, hostname: h, targetRef: {kind: Pod, name: p}}
                - {addresses: [10.1.0.2], conditions: {}, nodeName: n, zone: z}
                ports: [{name: "", port: 80, protocol: TCP, appProtocol: h2c}]
                """,
            raw: """
                1{1:"s"}2{1:"10.1.0.1"2{1:0}3:"h"4{1:"Pod"3:"p"}}2{1:"10.1.0.2"2:""6:"n"7:"z"}
                3{1:""2:"TCP"3:804:"h2c"}4:"IPv4"
                """),
        Row(
            label: "a Pod's environment", kind: "Pod",
            yaml: """
                metadata: {name: p}
                spec:
                  enableServiceLinks: false
                  containers:
                  - name: c
                    resources: {limits: {cpu: 500m}}
                    envFrom: [{prefix: CM_, configMapRef: {name: cm, optional: true}}]
                    env:
                    - {name: A, value: b}
                    - {name: K, valueFrom: {secretKeyRef: {name: s, key: k}}}
                status: {phase: Running, podIPs: [{ip: 10.2.0.1}], startTime: "1970-01-01T00:00:01Z"}
                """,
            raw: """
                1{1:"p"}2{2{1:"c"7{1:"A"2:"b"}7{1:"K"3{4{1{1:"s"}2:"k"}}}8{1{1:"cpu"2{1:"500m"}}}
                19{1:"CM_"2{1{1:"cm"}2:1}}}30:0}3{1:"Running"7{1:12:0}12{1:"10.2.0.1"}}
                """),
        Row(
            label: "a Secret's octets", kind: "Secret",
            yaml: "{metadata: {name: s}, data: {k: c2VjcmV0}, type: Opaque}",
            raw: "1{1:\"s\"}2{1:\"k\"2:\"secret\"}3:\"Opaque\""),
        Row(
            label: "what has the wrong type stays wrong", kind: "Service",
            yaml: "{metadata: {name: s}, spec: {ports: [x]}}",
            raw: "1{1:\"s\"}2{1:\"x\"}"),
    ]

    @Test(arguments: rows) func protocReadsIt(_ row: Row) async throws {
        let value = try #require(try JSONValue.documents(yaml: row.yaml).first)
        let decoded = await Tool.run(["protoc", "--decode_raw"], input: ProtobufEncoder.message(row.kind, value))
        #expect(Self.compact(decoded.output) == Self.compact(row.raw), "\(row.label) \(decoded.errors)")
    }

    /// Strings here hold no white space.
    private static func compact(_ text: String) -> String { text.filter { !$0.isWhitespace } }

    /// The envelope of k8s.io/apimachinery pkg/runtime/serializer/protobuf, and the frames of a watch.
    @Test func envelopeAndFrame() {
        let envelope = Envelope.wrap(ByteBuffer(bytes: [1, 2]), kind: "Pod", apiVersion: "v1")
        let octets: [UInt8] =
            [0x6B, 0x38, 0x73, 0x00, 0x0A, 9, 0x0A, 2] + Array("v1".utf8) + [0x12, 3] + Array("Pod".utf8)
            + [0x12, 2, 1, 2, 0x1A, 0, 0x22, 0]
        #expect(Array(envelope.readableBytesView) == octets)
        let frame = Envelope.frame(type: "ADDED", object: ByteBuffer(bytes: [7]))
        #expect(
            Array(frame.readableBytesView) == [0, 0, 0, 12, 0x0A, 5] + Array("ADDED".utf8) + [0x12, 3, 0x0A, 1, 7])
    }
}
