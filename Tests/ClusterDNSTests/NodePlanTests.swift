import Answering
import ArgumentParser
import Corefile
import NetworkAddress
import NodeNetwork
import Testing

@testable import ClusterDNS

/// Which addresses and rules a configuration wants on the node.
struct NodePlanTests {
    private static let four = IPAddress(ipv4: 0xA9FE_140A)
    private static let kubeDNS = IPAddress(ipv4: 0x0A00_000A)
    private static let six = IPAddress(high: 0xFD00_0000_0000_0000, low: 10)

    private func configuration(_ text: String) throws -> ServerConfiguration {
        let scratch = try ScratchDirectory()
        return try ConfigurationLoader(file: try scratch.write("Corefile", text), interfaces: ["eth0": []]).load()
    }

    private func options(_ addresses: [IPAddress], _ change: (inout NodeOptions) -> Void = { _ in }) -> NodeOptions {
        var options = NodeOptions()
        options.localAddresses = addresses
        change(&options)
        return options
    }

    struct Row: Sendable { var label: String, corefile: String, want: [IPAddress] }

    static let rows = [
        Row(label: "no bind", corefile: ".:53 {\n}", want: []),
        Row(label: "an address of the machine", corefile: ".:53 {\nbind 10.0.0.10 127.0.0.1\n}", want: []),
        Row(label: "link-local IPv6", corefile: ".:53 {\nbind fe80::1\n}", want: []),
        Row(label: "link-local IPv4", corefile: ".:53 {\nbind 169.254.20.10\n}", want: [four]),
        Row(
            label: "and what stands beside it",
            corefile: ".:53 {\nbind 169.254.20.10 10.0.0.10 fd00::a 127.0.0.1 ::\n}",
            want: [four, kubeDNS, six]),
        Row(
            label: "less exceptions", corefile: ".:53 {\nbind 169.254.20.10 10.0.0.10 {\nexcept 10.0.0.10\n}\n}",
            want: [four]),
        Row(
            label: "a block without one does not count",
            corefile: "a:53 {\nbind 169.254.20.10\n}\nb:53 {\nbind 10.0.0.10\n}", want: [four]),
        Row(
            label: "each once", corefile: "a:53 {\nbind 169.254.20.10\n}\nb:53 {\nbind 10.0.0.10 169.254.20.10\n}",
            want: [four, kubeDNS]),
    ]

    @Test(arguments: rows) func serve(_ row: Row) throws {
        let plan = NodePlan(try configuration(row.corefile), nil)
        #expect(plan.addresses.map(\.address) == row.want && plan.rules == nil, "\(row.label)")
    }

    @Test func thePlaceIsSaid() throws {
        let plan = NodePlan(try configuration(".:53 {\n    bind 169.254.20.10\n}"), options([Self.six]))
        #expect(
            plan.addresses.map { $0.place.split(separator: "/").last.map(String.init) } == [
                "-localip", "Corefile:2:5: \"bind\"",
            ])
    }

    @Test func rulesAreForLocalIPAtThePortsThere() throws {
        let text = """
            .:53 {
                bind 169.254.20.10 127.0.0.1
                health 169.254.20.10:8082
                ready :8181
                prometheus :9253
            }
            a:1053 {
                bind 127.0.0.1
            }
            b:2053 {
            }
            """
        let rules = NodePlan(try configuration(text), options([Self.four, Self.six])).rules
        #expect(rules?.addresses == [Self.four, Self.six].sorted())
        #expect(rules?.ports == [53, 2053] && rules?.pagePorts == [8080, 8082, 8181])
    }

    @Test func whatIsTurnedOffIsNotWanted() throws {
        let corefile = try configuration(".:53 {\nbind 169.254.20.10\n}")
        #expect(NodePlan(corefile, options([Self.six]) { $0.setsUpLink = false }).addresses.isEmpty)
        #expect(NodePlan(corefile, options([Self.six]) { $0.setsUpRules = false }).rules == nil)
        #expect(NodePlan(corefile, options([])).rules == nil)
    }
}

/// Flags of node-cache (kubernetes/dns, cmd/node-cache/main.go) and what they are checked for.
struct NodeCommandTests {
    private func options(_ flags: [String]) throws -> NodeOptions {
        let arguments = CoreDNSArguments.translate(["node"] + flags)
        return try NodeCommand.parse(Array(arguments.dropFirst())).options()
    }

    /// The arguments of the published DaemonSet.
    @Test func thePublishedArguments() throws {
        let options = try options([
            "-localip", "169.254.20.10,10.0.0.10", "-conf", "/etc/Corefile", "-upstreamsvc", "kube-dns-upstream",
            "-pidfile", "/tmp/node-cache.pid",
        ])
        #expect(options.localAddresses.map(\.description) == ["169.254.20.10", "10.0.0.10"])
        #expect(options.upstreamService == "kube-dns-upstream" && options.link == "nodelocaldns")
        #expect(options.setsUpLink && options.setsUpRules && !options.leavesNetwork)
        #expect(options.metricsAddress?.description == "0.0.0.0:9353" && options.rulesInterval == .seconds(60))
    }

    @Test func booleansHaveValues() throws {
        let options = try options([
            "-setupinterface=false", "-setupiptables=false", "-skipteardown=true", "-localip=fd00::a",
        ])
        #expect(!options.setsUpLink && !options.setsUpRules && options.leavesNetwork)
        #expect(try self.options(["-setupiptables=false", "-setupnftables=true"]).setsUpRules)
    }

    @Test(arguments: [("60", 60), ("5s", 5), ("60ns", 60), ("2m", 120)]) func syncInterval(
        _ row: (text: String, want: Int)
    ) throws {
        #expect(try options(["-syncinterval=\(row.text)"]).rulesInterval == .seconds(row.want))
    }

    static let refused = [
        ("-localip=1.2.3", "-localip: \"1.2.3\" is no address; write for example 169.254.20.10,fd00::10"),
        ("-localip=::", "-localip: \"::\" is no address; write for example 169.254.20.10,fd00::10"),
        ("-interfacename=a/b", "-interfacename: \"a/b\" is no name of an interface; write up to 15 letters and digits"),
        ("-syncinterval=soon", "-syncinterval: \"soon\" is no time; write seconds, for example 60"),
        (
            "-metrics-listen-address=9353",
            "-metrics-listen-address: \"9353\" is no host and port; expected for example \":8080\", \"127.0.0.1:9153\" or "
                + "\"[::1]:53\""
        ),
    ]

    @Test(arguments: refused) func refusedFlags(_ row: (flag: String, want: String)) {
        let error = #expect(throws: CommandFailure.self) { try options([row.flag]) }
        #expect(error?.description == row.want)
    }
}
