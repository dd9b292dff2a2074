import DNSWire
import Testing

@testable import ClusterDNS

/// The order in which glibc asks (resolv.conf(5), options `ndots` and `search`).
struct SearchPathTests {
    struct Row: Sendable { var label: String, name: String, ndots = 5, want: [String] }

    static let rows = [
        Row(
            label: "a short name", name: "db",
            want: ["db.default.svc.cluster.local.", "db.svc.cluster.local.", "db.cluster.local.", "db."]),
        Row(
            label: "fewer dots than ndots", name: "a.b.c.d.e",
            want: [
                "a.b.c.d.e.default.svc.cluster.local.", "a.b.c.d.e.svc.cluster.local.", "a.b.c.d.e.cluster.local.",
                "a.b.c.d.e.",
            ]),
        Row(
            label: "as many dots as ndots", name: "a.b", ndots: 1,
            want: ["a.b.", "a.b.default.svc.cluster.local.", "a.b.svc.cluster.local.", "a.b.cluster.local."]),
        Row(label: "a final dot", name: "db.", want: ["db."]),
        Row(
            label: "a name that only fits alone",
            name: [String](repeating: String(repeating: "a", count: 60), count: 4).joined(separator: "."),
            want: [[String](repeating: String(repeating: "a", count: 60), count: 4).joined(separator: ".") + "."]),
    ]

    @Test(arguments: rows) func candidates(_ row: Row) throws {
        let path = try SearchPath(namespace: "default", zone: Name("cluster.local"), ndots: row.ndots)
        #expect(try path.candidates(row.name).map(\.description) == row.want, "\(row.label)")
    }
}

struct LookupTests {
    struct Row: Sendable {
        var label: String
        var name: String
        var namespace = "default"
        var type = RRType.a
        var ndots = 5
        /// Of each step.
        var outcomes: [String]
        /// Part of the last step's reason.
        var reason: String
        var isFound = false
    }

    static let rows = [
        Row(
            label: "the first step finds it", name: "my-nginx", outcomes: ["NOERROR"],
            reason: "Service default/my-nginx, ClusterIP 10.0.162.149",
            isFound: true),
        Row(
            label: "the second step finds it", name: "my-nginx.default", namespace: "other",
            outcomes: ["NXDOMAIN", "NOERROR"],
            reason: "Service default/my-nginx", isFound: true),
        Row(
            label: "a type it has not: NODATA, and on", name: "my-nginx", type: .aaaa,
            outcomes: ["NODATA", "NXDOMAIN", "NXDOMAIN", "REFUSED"], reason: "no server block"),
        Row(
            label: "no final answer without a block for the name", name: "example.com",
            outcomes: ["NXDOMAIN", "NXDOMAIN", "NXDOMAIN", "REFUSED"], reason: "no server block"),
        Row(
            label: "a missing Service", name: "my-ngnix.default.svc.cluster.local.", outcomes: ["NXDOMAIN"],
            reason: "did you mean \"my-nginx\"?"),
        Row(
            label: "a Service of another namespace", name: "my-nginx.other.svc.cluster.local.", outcomes: ["NXDOMAIN"],
            reason: "there is my-nginx.default"),
        Row(
            label: "a missing namespace", name: "x.defualt.svc.cluster.local.", outcomes: ["NXDOMAIN"],
            reason: "no namespace \"defualt\"; did you mean \"default\"?"),
        Row(
            label: "headless without a ready Pod", name: "queue.other.svc.cluster.local.", outcomes: ["NXDOMAIN"],
            reason: "headless without ready endpoints: 1 Pod matches the selector app=queue, 0 ready"),
        Row(
            label: "a CNAME that leads outside", name: "archive", namespace: "other",
            outcomes: ["NOERROR, only a CNAME"], reason: "another server must be asked"),
        Row(
            label: "an endpoint", name: "10-244-3-4.my-nginx", outcomes: ["NOERROR"],
            reason: "Pod default/my-nginx-jr4a2, an endpoint of",
            isFound: true),
        Row(
            label: "a port", name: "_https._tcp.kubernetes", type: .srv, outcomes: ["NOERROR"], reason: "a port of it",
            isFound: true),
        Row(
            label: "a missing port", name: "_http._tcp.kubernetes.default.svc.cluster.local.", type: .srv,
            outcomes: ["NXDOMAIN"],
            reason: "its ports are _https._tcp"),
        Row(
            label: "a Pod's own name", name: "10-1-2-3.default.pod.cluster.local.", outcomes: ["NOERROR"],
            reason: "pods insecure", isFound: true),
        Row(
            label: "an address", name: "10.0.162.149", outcomes: ["NOERROR"],
            reason: "the clusterIP of Service default/my-nginx", isFound: true),
        Row(
            label: "an address nobody has", name: "10.9.9.9", outcomes: ["NXDOMAIN"],
            reason: "no Service or ready endpoint"),
        Row(
            label: "a Pod behind no Service", name: "10.244.5.20", outcomes: ["NXDOMAIN"],
            reason: "Pod other/queue-0 is no ready endpoint"),
    ]

    @Test(arguments: rows) func steps(_ row: Row) throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let lookup = try Lookup(row.name, from: row.namespace, type: row.type, ndots: row.ndots, in: registry)
        #expect(lookup.steps.map(\.outcome.text) == row.outcomes, "\(row.label)")
        #expect(
            lookup.steps.last?.reason.contains(row.reason) == true, "\(row.label): \(lookup.steps.last?.reason ?? "")")
        #expect(lookup.isFound == row.isFound, "\(row.label)")
    }

    /// A refusal of the name itself does not keep glibc from searching on (res_query.c, `tried_as_is`).
    @Test func searchGoesOnAfterTheNameItself() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let lookup = try Lookup("my-nginx.default", from: "default", type: .a, ndots: 1, in: registry)
        #expect(lookup.steps.map(\.outcome.text) == ["REFUSED", "NXDOMAIN", "NOERROR"])
        #expect(lookup.remedy == "my-nginx.default.svc.cluster.local. with the final dot is 1 query instead of 3")
    }

    @Test func report() throws {
        let registry = try ScratchDirectory().registry(Tutorial.yaml)
        let text = try Lookup("my-nginx", from: "default", type: .a, ndots: 5, in: registry).report
        #expect(
            text.hasPrefix(
                "my-nginx A from namespace default: search default.svc.cluster.local svc.cluster.local cluster.local, ndots:5\n"
            ))
        #expect(text.contains("     my-nginx.default.svc.cluster.local. 5 IN A 10.0.162.149\n"))
        #expect(text.contains("/manifests/all.yaml:6)"))
        #expect(text.hasSuffix("Found after 1 query (twice as many where a program asks for A and AAAA)\n"))
    }
}

/// Messages by hand from RFC 1035 §4.1.
struct ResponseReaderTests {
    private static let header: [UInt8] = [0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]
    private static let question: [UInt8] = [1, 0x61, 1, 0x62, 0, 0, 5, 0, 1]

    @Test func compressedNames() throws {
        let record: [UInt8] = [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 0x63, 0xC0, 14]
        let response = try ResponseReader.read(Self.header + Self.question + record)
        #expect(response.rcode == .noError)
        #expect(response.answer.map(\.text) == ["a.b. 9 IN CNAME c.b."])
    }

    struct Row: Sendable { var label: String, octets: [UInt8], want: WireError }

    static let rows = [
        Row(label: "no header", octets: [0, 0], want: WireError(.truncated, at: 2)),
        Row(label: "a pointer to itself", octets: header + [0xC0, 12], want: WireError(.badLabelType, at: 12)),
        Row(
            label: "RDATA past the end", octets: header + question + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1],
            want: WireError(.truncated, at: 34)),
        Row(label: "a label past the end", octets: header + [9, 0x61], want: WireError(.truncated, at: 14)),
    ]

    @Test(arguments: rows) func refuses(_ row: Row) {
        let error = #expect(throws: WireError.self, "\(row.label)") { try ResponseReader.read(row.octets) }
        #expect(error == row.want, "\(row.label)")
    }
}
