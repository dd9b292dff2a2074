import Testing

@testable import ClusterDNS

/// CoreDNS' flags are Go's (https://pkg.go.dev/flag, "Command line flag syntax").
struct CoreDNSArgumentsTests {
    struct Row: Sendable { var label: String, given: [String], want: [String] }

    static let rows = [
        Row(label: "one dash, value behind", given: ["-conf", "/etc/Corefile"], want: ["--conf", "/etc/Corefile"]),
        Row(label: "one dash, value with =", given: ["-conf=/etc/Corefile"], want: ["--conf=/etc/Corefile"]),
        Row(label: "a value may hold =", given: ["-conf=a=b"], want: ["--conf=a=b"]),
        Row(label: "two dashes are Go's too", given: ["--dns.port=1053"], want: ["--dns.port=1053"]),
        Row(label: "-dns.port", given: ["-dns.port", "53"], want: ["--dns.port", "53"]),
        Row(label: "-p is -dns.port", given: ["-p", "53", "-p=54"], want: ["--dns.port", "53", "--dns.port=54"]),
        Row(label: "-pidfile is not -p", given: ["-pidfile", "x"], want: ["--pidfile", "x"]),
        Row(
            label: "booleans", given: ["-quiet", "-version", "-plugins"], want: ["--quiet", "--version", "--plugins"]),
        Row(label: "ours has one dash or two", given: ["-share-port"], want: ["--share-port"]),
        Row(label: "a boolean set to true", given: ["-quiet=true", "-plugins=1"], want: ["--quiet", "--plugins"]),
        Row(label: "a boolean set to false", given: ["-quiet=false", "-plugins=0"], want: []),
        Row(label: "a boolean set to nonsense stays", given: ["-quiet=maybe"], want: ["-quiet=maybe"]),
        Row(
            label: "subcommands and their options stay", given: ["get", "svc", "-n", "x", "-A", "-o", "wide"],
            want: ["get", "svc", "-n", "x", "-A", "-o", "wide"]),
        Row(
            label: "a flag behind a subcommand", given: ["get", "-conf", "x", "svc"],
            want: ["get", "--conf", "x", "svc"]),
        Row(label: "nothing behind --", given: ["--", "-conf"], want: ["--", "-conf"]),
        Row(
            label: "node takes node-cache's",
            given: ["node", "-localip", "::1", "-setupiptables=false", "-skipteardown"],
            want: ["node", "--localip", "::1", "--no-setupiptables", "--skipteardown"]),
        Row(
            label: "true unless false", given: ["node", "-setupinterface", "-setupnftables=true"],
            want: ["node", "--setupinterface", "--setupnftables"]),
        Row(
            label: "node-cache's command line has no node", given: ["-conf", "x", "-localip=::1"],
            want: ["node", "--conf", "x", "--localip=::1"]),
        Row(label: "others do not take them", given: ["check", "-localip=::1"], want: ["check", "-localip=::1"]),
        Row(label: "unknown flags stay", given: ["-config", "-x=1", "-"], want: ["-config", "-x=1", "-"]),
    ]

    @Test(arguments: rows) func translate(_ row: Row) {
        #expect(CoreDNSArguments.translate(row.given) == row.want, "\(row.label)")
    }
}
