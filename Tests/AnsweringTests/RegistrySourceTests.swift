import Answering
import ClusterModel
import Corefile
import DNSTesting
import Testing

/// Where a `kubernetes` directive reads its objects from.
struct RegistrySourceTests {
    private static func corefile(_ options: String, zone: String = "cluster.local") -> String {
        "\(zone) {\n kubernetes \(zone) {\n\(options)\n }\n}\n"
    }

    private static func source(_ options: String) throws -> RegistrySource? {
        try TestServer.configuration(corefile(options)).registries.first?.source
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var options: String
        var want: APISource
        var testDescription: String { options.replacing("\n", with: "; ") }
    }

    private static let tls = APISource.TLSFiles(certificate: "etc/a.pem", key: "/k.pem", authority: "etc/ca.pem")
    private static let url = "https://192.0.2.1:6443"

    static let rows = [
        Row(options: "", want: APISource(connection: .inCluster)),
        Row(
            options: "kubeconfig /root/config",
            want: APISource(connection: .kubeconfig(file: "/root/config", context: nil))
        ),
        Row(
            options: "kubeconfig config admin",
            want: APISource(connection: .kubeconfig(file: "etc/config", context: "admin"))
        ),
        Row(options: "endpoint \(url)", want: APISource(connection: .endpoint(url: url, tls: nil))),
        Row(
            options: "tls a.pem /k.pem ca.pem\nendpoint \(url)",
            want: APISource(connection: .endpoint(url: url, tls: tls))),
        Row(
            options: "labels a in (b, c)\nnamespace_labels x=y",
            want: APISource(connection: .inCluster, objectSelector: "a in (b, c)", namespaceSelector: "x=y")),
        Row(options: "noendpoints", want: APISource(connection: .inCluster, needs: [])),
        Row(
            options: "pods verified\nendpoint_pod_names",
            want: APISource(connection: .inCluster, needs: [.endpointSlices, .pods, .endpointPodNames])),
        Row(options: "pods insecure", want: APISource(connection: .inCluster)),
        Row(
            options: "apiserver_qps 2.5\napiserver_burst 10\napiserver_max_inflight 0",
            want: APISource(connection: .inCluster, limits: .init(rate: 2.5, burst: 10))),
        Row(options: "state registry.db", want: APISource(connection: .inCluster, stateFile: "etc/registry.db")),
    ]

    @Test(arguments: rows) func taken(_ row: Row) throws {
        #expect(try Self.source(row.options) == .api(row.want))
    }

    /// The API server selects by `labels`, and objects do not keep them: selecting again would lose everything.
    @Test func labelsOfTheAPIAreNotSelectedByTwice() throws {
        let ofAPI = try TestServer.configuration(Self.corefile("labels a=b\nnamespace_labels x=y")).registries
        #expect(ofAPI.map(\.filter.objects.selectsEverything) == [true])
        #expect(ofAPI.map(\.filter.namespaces) == [.labelled(try LabelSelector(parsing: "x=y"))])
        let ofManifests = try TestServer.configuration(Self.corefile("manifests a\nlabels a=b")).registries
        #expect(ofManifests.map(\.filter.objects) == [try LabelSelector(parsing: "a=b")])
    }

    @Test func onlyTheFirstEndpointCounts() throws {
        let configuration = try TestServer.configuration(Self.corefile("endpoint https://a https://b"))
        #expect(configuration.registries.map(\.source.place) == ["https://a"])
        #expect(configuration.warnings.map(\.position.description) == ["Corefile:3:20"])
    }

    /// Two zones over one API watch it once, for what both need.
    @Test func oneAPIIsReadOnce() throws {
        let text =
            Self.corefile("pods verified\nstate file")
            + Self.corefile("endpoint_pod_names\nstate file", zone: "b.local")
        let sources = try TestServer.configuration(text).registries.map(\.source)
        #expect(sources.count == 2 && Set(sources).count == 1)
        #expect(sources.first?.api?.needs == [.endpointSlices, .pods, .endpointPodNames])
    }

    @Test(arguments: ["labels a=b", "manifests a", "endpoint https://a", "apiserver_qps 1"])
    func otherRegistriesMayNotShareAFile(_ options: String) {
        let text = Self.corefile("state file") + Self.corefile("\(options)\nstate file", zone: "b.local")
        #expect {
            try TestServer.configuration(text)
        } throws: { error in
            "\(error)".hasPrefix("Corefile:7:2: ") && "\(error)".contains("\"state\"")
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var options: String
        var place: String
        /// What the sentence must say.
        var says: String
        var testDescription: String { options.replacing("\n", with: "; ") }
    }

    static let refusals = [
        Refusal(options: "manifests a\nkubeconfig b", place: "4:1", says: "\"manifests\" (Corefile:3:1)"),
        Refusal(options: "endpoint https://a\nmanifests b", place: "4:1", says: "\"endpoint\" (Corefile:3:1)"),
        Refusal(options: "kubeconfig b\nendpoint https://a", place: "4:1", says: "\"kubeconfig\""),
        Refusal(options: "manifests a\ntls a b c", place: "4:1", says: "manifests"),
        Refusal(options: "manifests a\napiserver_qps 1", place: "4:1", says: "manifests"),
        Refusal(options: "tls a b c", place: "3:1", says: "endpoint"),
        Refusal(options: "kubeconfig a\ntls a b c", place: "4:1", says: "endpoint"),
        Refusal(options: "endpoint http://a\ntls a b c", place: "4:1", says: "https"),
        Refusal(options: "endpoint https://a\ntls a b", place: "4:1", says: "3 arguments"),
        Refusal(options: "endpoint a:6443", place: "3:10", says: "URL"),
        Refusal(options: "endpoint https://", place: "3:10", says: "URL"),
        Refusal(options: "endpoint", place: "3:1", says: "1 argument"),
        Refusal(options: "kubeconfig a b c", place: "3:16", says: "1 to 2 arguments"),
        Refusal(options: "service_cidr 10.0.0.0/16", place: "3:1", says: "manifests"),
        Refusal(options: "apiserver_qps -1", place: "3:15", says: "rate"),
        Refusal(options: "apiserver_qps 1e9", place: "3:15", says: "rate"),
        Refusal(options: "apiserver_burst 1.5", place: "3:17", says: "number"),
        Refusal(options: "apiserver_max_inflight -1", place: "3:24", says: "out of range"),
        Refusal(options: "multicluster clusterset.local", place: "3:1", says: "must name too"),
    ]

    @Test(arguments: refusals) func refused(_ row: Refusal) {
        do throws(CorefileError) {
            _ = try TestServer.configuration(Self.corefile(row.options))
            Issue.record("taken")
        } catch {
            #expect(error.position.description == "Corefile:\(row.place)")
            #expect(error.message.contains(row.says), "\(error.message)")
        }
    }
}
