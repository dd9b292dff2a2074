import Answering
import Corefile
import DNSTesting
import DNSWire
import NetworkAddress
import Testing

/// Corefiles that are taken, and the sentences for those that are not.
struct ConfigurationTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: String
        var place: String
        /// What the sentence must say.
        var says: String
        var testDescription: String { text.replacing("\n", with: " ") }
    }

    private static let kubernetes = "kubernetes cluster.local {\n manifests services\n"

    static let refusals = [
        Refusal(text: ". {\n forward . 192.0.2.300\n}", place: "Corefile:2:12", says: "neither an address nor a file"),
        Refusal(text: ". {\n forward . https://192.0.2.1\n}", place: "Corefile:2:12", says: "https"),
        Refusal(text: ". {\n forward .\n}", place: "Corefile:2:2", says: "2 arguments"),
        Refusal(text: ". {\n forward . 192.0.2.1 {\n policy best\n }\n}", place: "Corefile:3:9", says: "sequential"),
        Refusal(
            text: ". {\n forward . 192.0.2.1 {\n tls\n tls_servername a\n }\n}", place: "Corefile:2:2", says: "tls://"),
        Refusal(text: ". {\n cache 30 {\n success many\n }\n}", place: "Corefile:3:10", says: "number"),
        Refusal(text: ". {\n cache {\n servfail 6m\n }\n}", place: "Corefile:3:11", says: "300"),
        Refusal(text: ". {\n kubernets cluster.local\n}", place: "Corefile:2:2", says: "\"kubernetes\""),
        Refusal(text: ". {\n lod\n}", place: "Corefile:2:2", says: "\"log\""),
        Refusal(text: ". {\n \(kubernetes) ttl 3601\n }\n}", place: "Corefile:4:6", says: "3600"),
        Refusal(text: ". {\n \(kubernetes) pods maybe\n }\n}", place: "Corefile:4:7", says: "verified"),
        Refusal(text: ". {\n \(kubernetes) noendpoint\n }\n}", place: "Corefile:4:2", says: "noendpoints"),
        Refusal(
            text: ". {\n \(kubernetes) noendpoints\n ignore empty_service\n }\n}", place: "Corefile:5:2",
            says: "noendpoints"),
        Refusal(text: ". {\n \(kubernetes) ignore everything\n }\n}", place: "Corefile:4:9", says: "empty_service"),
        Refusal(
            text: ". {\n \(kubernetes) namespaces a\n namespace_labels b=c\n }\n}", place: "Corefile:5:2",
            says: "Corefile:4:2"),
        Refusal(text: ". {\n \(kubernetes) labels a=b=\n }\n}", place: "Corefile:4:9", says: "selector"),
        Refusal(
            text: ". {\n \(kubernetes) service_cidr 10.0.0.0/33\n }\n}", place: "Corefile:4:15", says: "10.0.0.0/33"),
        Refusal(text: ". {\n kubernetes in-addr.arpa {\n manifests a\n }\n}", place: "Corefile:2:2", says: "reverse"),
        Refusal(text: ". {\n bufsize 511\n}", place: "Corefile:2:10", says: "512"),
        Refusal(text: ". {\n bufsize 4097\n}", place: "Corefile:2:10", says: "4096"),
        Refusal(text: ". {\n bind nowhere0\n}", place: "Corefile:2:7", says: "interface"),
        Refusal(text: ". {\n log . \"{nonsense}\"\n}", place: "Corefile:2:8", says: "{nonsense}"),
        Refusal(text: ". {\n log {\n class good\n }\n}", place: "Corefile:3:8", says: "success"),
        Refusal(text: ". {\n loadbalance random\n}", place: "Corefile:2:14", says: "round_robin"),
        Refusal(
            text: ". {\n errors {\n consolidate 5m \"(\"\n }\n}", place: "Corefile:3:17", says: "regular expression"),
        Refusal(
            text: ". {\n errors {\n consolidate 5m ((a{100}){100}){100}\n }\n}", place: "Corefile:3:17", says: "1000"),
        Refusal(text: ". {\n health {\n lameduck soon\n }\n}", place: "Corefile:3:11", says: "soon"),
        Refusal(text: ". {\n hosts {\n 192.0.2.1 a..b\n }\n}", place: "Corefile:3:12", says: "host name"),
        Refusal(text: ". {\n ready {\n monitor never\n }\n}", place: "Corefile:3:10", says: "continuously"),
        Refusal(text: "tls://. {\n errors\n}", place: "Corefile:1:1", says: "tls"),
        Refusal(text: "a.example {\n errors\n}\nA.example {\n errors\n}", place: "Corefile:4:1", says: "Corefile:1:1"),
    ]

    @Test(arguments: refusals) func refused(_ row: Refusal) {
        do throws(CorefileError) {
            _ = try TestServer.configuration(row.text)
            Issue.record("taken")
        } catch {
            #expect(error.position.description == row.place)
            #expect(error.message.contains(row.says))
        }
    }

    @Test func whatCoreDNSNeedsForItselfIsWarnedOf() throws {
        let configuration = try TestServer.configuration(". {\n pprof\n errors\n}")
        #expect(configuration.warnings.map(\.position.description) == ["Corefile:2:2"])
    }

    @Test func settings() throws {
        let text = """
            . {
                bufsize 1400
                health :8081 {
                    lameduck 5s
                }
                reload 1s
                loadbalance
                errors
            }
            """
        let configuration = try TestServer.configuration(text)
        let settings = try #require(configuration.blocks.first).settings
        #expect(settings.bufsize == 1400 && settings.rotatesAddresses && settings.logsErrors)
        #expect(settings.health?.lameduck == .seconds(5) && configuration.lameduck == .seconds(5))
        #expect(configuration.reload?.interval == .seconds(2) && configuration.reload?.jitter == .seconds(1))
    }

    @Test func listenAddresses() throws {
        let environment = ConfigurationEnvironment(interfaces: [
            "eth0": ["192.0.2.1", "2001:db8::1"].compactMap { IPAddress($0) }
        ])
        let text = """
            a.example:5353 {
                bind eth0 127.0.0.1 {
                    except 2001:db8::1
                }
            }
            b.example:5353 {
                bind 127.0.0.1
            }
            c.example {
                bind 0.0.0.0
            }
            d.example {
            }
            """
        let configuration = try TestServer.configuration(text, environment: environment)
        let zones = configuration.listeners.map { listener in
            "\(listener.address) "
                + listener.routes.map { $0.block.zones[0].description }.sorted().joined(
                    separator: " ")
        }
        #expect(
            zones == [
                "dns://:53 c.example. d.example.", "dns://127.0.0.1:5353 a.example. b.example.",
                "dns://192.0.2.1:5353 a.example.",
            ])
    }

    /// The place of a directive in the file means nothing: hosts is asked before kubernetes.
    @Test func theChainHasItsOwnOrder() throws {
        let text = ". {\n \(Self.kubernetes) }\n hosts {\n 192.0.2.1 a.example\n }\n errors\n}"
        let block = try #require(try TestServer.configuration(text).blocks.first)
        #expect(block.plugins.map { type(of: $0).directive } == ["hosts", "kubernetes"])
        #expect(block.directives == ["errors", "hosts", "kubernetes"])
    }

    /// Two directives that say the same read one registry.
    @Test func equalRegistriesAreShared() throws {
        let text =
            "a.example {\n \(Self.kubernetes) }\n}\nb.example {\n \(Self.kubernetes) }\n}\nc.example {\n \(Self.kubernetes) ttl 6\n }\n}"
        #expect(try TestServer.configuration(text).registries.count == 2)
    }
}
