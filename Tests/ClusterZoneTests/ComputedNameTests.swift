import Answering
import DNSTesting
import DNSWire
import NetworkAddress
import Testing
import ZoneFiles

/// Endpoint names that are addresses, and SRV RRsets that several names have in common: what is not stored is answered alike.
struct ComputedNameTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    static let rows = [
        ZoneCase(
            label: "only the canonical text of an address is a name",
            registry: """
                headless db.shop pg:5432
                slice db.shop/4 pg:5432 10.244.0.1
                slice db.shop/6 pg:5432 fd00::1 ::ffff:10.0.0.9
                """,
            answers: """
                A 10-244-0-1.db.shop.svc -> A 10.244.0.1
                A 10-244-0-01.db.shop.svc -> NXDOMAIN
                A 10-244-0-1-.db.shop.svc -> NXDOMAIN
                A 10-244-1.db.shop.svc -> NXDOMAIN
                A x.10-244-0-1.db.shop.svc -> NXDOMAIN
                AAAA FD00--1.db.shop.svc -> AAAA fd00::1
                AAAA fd00-0-0-0-0-0-0-1.db.shop.svc -> NXDOMAIN
                AAAA fd00--01.db.shop.svc -> NXDOMAIN
                AAAA --ffff-10-0-0-9.db.shop.svc -> AAAA ::ffff:10.0.0.9
                AAAA --ffff-a00-9.db.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "data of other types, and ANY",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1
                """,
            answers: """
                AAAA 10-244-0-1.db.shop.svc -> NODATA
                SOA 10-244-0-1.db.shop.svc -> NODATA
                CNAME 10-244-0-1.db.shop.svc -> NODATA
                ANY 10-244-0-1.db.shop.svc -> A 10.244.0.1
                """),
        ZoneCase(
            label: "hostnames beside addresses",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1 10.244.0.2 host=db-2 10.244.0.3
                """,
            answers: """
                A db.shop.svc -> A 10.244.0.1, A 10.244.0.2, A 10.244.0.3
                A 10-244-0-1.db.shop.svc -> A 10.244.0.1
                A 10-244-0-2.db.shop.svc -> NXDOMAIN
                A 10-244-0-3.db.shop.svc -> A 10.244.0.3
                A db-2.db.shop.svc -> A 10.244.0.2
                """),
        ZoneCase(
            label: "a hostname that is another endpoint's address: one name with both",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1 10.244.0.2 host=10-244-0-1
                """,
            answers: """
                A 10-244-0-1.db.shop.svc -> A 10.244.0.1, A 10.244.0.2
                SRV db.shop.svc -> SRV 0 50 5432 10-244-0-1.db.shop.svc + 10-244-0-1.db.shop.svc A 10.244.0.1, 10-244-0-1.db.shop.svc A 10.244.0.2
                PTR 2.0.244.10.in-addr.arpa. -> PTR 10-244-0-1.db.shop.svc
                """),
        ZoneCase(
            label: "a Service's own address names no endpoint, unless it is one's too",
            registry: """
                service web.shop 10.0.0.1 http:80
                slice web.shop http:8080 10.244.0.1
                service odd.shop 10.0.0.2 http:80
                slice odd.shop http:8080 10.0.0.2
                """,
            answers: """
                A 10-0-0-1.web.shop.svc -> NXDOMAIN
                A 10-244-0-1.web.shop.svc -> A 10.244.0.1
                A 10-0-0-2.odd.shop.svc -> A 10.0.0.2
                PTR 2.0.0.10.in-addr.arpa. -> PTR odd.shop.svc
                """),
        ZoneCase(
            label: "addresses of one Service only, several Services beside it",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1
                headless db.lab pg:5432
                slice db.lab pg:5432 10.244.0.1 10.244.0.2
                """,
            answers: """
                A 10-244-0-2.db.shop.svc -> NXDOMAIN
                A 10-244-0-2.db.lab.svc -> A 10.244.0.2
                PTR 1.0.244.10.in-addr.arpa. -> PTR 10-244-0-1.db.lab.svc, PTR 10-244-0-1.db.shop.svc
                """),
    ]

    /// More endpoints than names copy their records for: one port, whose name and protocol have what the Service has.
    @Test func namesInCommon() throws {
        let endpoints = (1...12).map { "10.244.0.\($0)" }
        let server = try zone("headless db.shop pg:5432\nslice db.shop pg:5432 \(endpoints.joined(separator: " "))")
        let targets = (1...12).map { "SRV 0 8 5432 10-244-0-\($0).db.shop.svc" }.joined(separator: ", ")
        let glue = (1...12).map { "10-244-0-\($0).db.shop.svc A 10.244.0.\($0)" }.joined(separator: ", ")
        let addresses = endpoints.map { "A \($0)" }.joined(separator: ", ")
        for name in ["db", "_pg._tcp.db", "_._tcp.db", "pg._.db"] {
            #expect(try server.ask("\(name).shop.svc", .srv, over: .tcp).summary == "\(targets) + \(glue)")
            #expect(try server.ask("\(name).shop.svc", .a, over: .tcp).summary == addresses)
        }
    }

    /// A slice whose ports are others: then the names differ, however many endpoints there are.
    @Test func namesThatDiffer() throws {
        let many = (1...20).map { "10.244.0.\($0)" }.joined(separator: " ")
        let server = try zone(
            "headless db.shop pg:5432 web:80\nslice db.shop/a pg:5432 \(many)\nslice db.shop/b web:80 10.244.1.1")
        #expect(
            try server.ask("_web._tcp.db.shop.svc", .srv).summary
                == "SRV 0 100 80 10-244-1-1.db.shop.svc + 10-244-1-1.db.shop.svc A 10.244.1.1")
        #expect(try server.ask("_web._tcp.db.shop.svc", .a).summary == "A 10.244.1.1")
        #expect(try server.ask("_pg._tcp.db.shop.svc", .srv, over: .tcp).message.answer.count == 20)
        #expect(try server.ask("db.shop.svc", .srv, over: .tcp).message.answer.count == 21)
    }

    /// An RRset holds 64 KiB, 4095 addresses; the endpoints past it still have their names.
    @Test func moreEndpointsThanAnAnswerHolds() throws {
        let endpoints = (0..<5000).map { "10.244.\($0 / 250).\($0 % 250)" }.joined(separator: " ")
        let server = try zone("headless db.shop pg:5432\nslice db.shop pg:5432 \(endpoints)")
        for name in ["10-244-0-0", "10-244-16-94", "10-244-16-95", "10-244-19-249"] {
            let address = name.replacing("-", with: ".")
            #expect(try server.ask("\(name).db.shop.svc", .a).summary == "A \(address)")
        }
        #expect(try server.ask("10-244-19-250.db.shop.svc", .a).summary == "NXDOMAIN")
        #expect(try server.ask("249.19.244.10.in-addr.arpa.", .ptr).summary == "PTR 10-244-19-249.db.shop.svc")
    }
}
