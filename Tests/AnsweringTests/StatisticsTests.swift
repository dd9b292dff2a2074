import Answering
import DNSTesting
import DNSWire
import NetworkAddress
import Testing

/// What is counted, and under which server and zone.
struct StatisticsTests {
    @Test func everyQueryIsCountedOnce() throws {
        let server = try TestServer(
            "cluster.local:5353 {\n kubernetes {\n manifests services\n }\n}",
            registry: "namespace shop\nservice web.shop 10.0.0.1 http:80")
        _ = try server.ask("web.shop.svc", .a)
        _ = try server.ask("web.shop.svc", .srv, edns: .init(dnssecOK: true), over: .tcp)
        _ = try server.ask("nothing", .aaaa)
        _ = try server.ask("example.com.", .a)
        _ = server.send([1, 2, 3])
        _ = server.send(Array(QueryOctets("web.shop", .mx).octets.prefix(14)))
        server.answerer.settle(nanoseconds: 300_000)
        let keys = server.series.all.map { "\($0.server) \($0.zone)" }
        #expect(keys == ["dns://:5353 cluster.local.", "dns://:5353 dropped"])
        let (own, dropped) = (server.answerer.statistics[0], server.answerer.statistics[1])
        #expect(Self.requests(own) == ["udp A": 1, "udp AAAA": 1, "tcp SRV": 1])
        // QTYPE of a question that could not be read is none of the known ones.
        #expect(Self.requests(dropped) == ["udp A": 1, "udp other": 1])
        #expect(Self.responses(own) == ["NOERROR kubernetes": 2, "NXDOMAIN kubernetes": 1])
        #expect(Self.responses(dropped) == ["REFUSED ": 1, "FORMERR ": 1])
        #expect(own.dnssecRequests == 1 && own.truncated == 0)
        #expect(own.durations.count == 3 && own.durations.sum == 900_000 && own.durations.buckets[1] == 3)
        #expect(own.requestSizes.map(\.count) == [2, 1] && own.responseSizes.map(\.count) == [2, 1])
    }

    private static func requests(_ statistics: SeriesStatistics) -> [String: UInt64] {
        var counts: [String: UInt64] = [:]
        for transport in QueryTransport.allCases {
            for type in 0...SeriesStatistics.types.count {
                let name = type < SeriesStatistics.types.count ? "\(SeriesStatistics.types[type])" : "other"
                let count = statistics.requests[SeriesStatistics.requestIndex(transport, .ipv4, type: type)]
                if count > 0 { counts["\(transport.label) \(name)"] = count }
            }
        }
        return counts
    }

    private static func responses(_ statistics: SeriesStatistics) -> [String: UInt64] {
        let plugins = DirectiveOrder.answeringPlugins
        var counts: [String: UInt64] = [:]
        for (index, count) in statistics.responses.enumerated() where count > 0 {
            counts["\(RCODE(rawValue: UInt16(index / plugins.count))) \(plugins[index % plugins.count])"] = count
        }
        return counts
    }

    /// `class error` asks for what is neither NOERROR nor NXDOMAIN; `denial` for NXDOMAIN.
    @Test(arguments: [
        ("error", [false, false, false]), ("denial", [false, true, false]), ("success", [true, false, true]),
        ("all", [true, true, true]),
    ])
    func logged(_ word: String, _ want: [Bool]) throws {
        let server = try TestServer(
            ". {\n log cluster.local {\n class \(word)\n }\n kubernetes cluster.local {\n manifests services\n }\n}",
            registry: "namespace shop\nservice web.shop 10.0.0.1 http:80")
        let asked: [(String, RRType)] = [("web.shop.svc", .a), ("nothing", .a), ("web.shop.svc", .txt)]
        let logged = try asked.map { name, type in
            _ = try server.ask(name, type)
            return server.answerer.outcome.isLogged
        }
        #expect(logged == want)
    }
}
