import DNSWire
import Foundation
import NetworkAddress
import Serving
import Testing

@testable import Admin

/// What `/status` says.
struct StatusPageTests {
    private static func input() throws -> StatusPage.Input {
        var figures = AdminFigures()
        figures.processStartSeconds = 100
        var sketches = TrafficSample.Sketches()
        for _ in 0..<3 { sketches.names.add(try Name("www.example.com")) }
        sketches.names.add(try Name(labels: [Array("a\"b\n".utf8)]))
        sketches.clients.add(IPAddress(ipv4: 0xC000_0201))
        sketches.missingSuffixes.add(try Name("default.svc.cluster.local"))
        let build = BuildInformation(version: "1.2.3", revision: "r", compiler: "c")
        return StatusPage.Input(build: build, figures: figures, isReady: true, sketches: sketches, now: 160)
    }

    @Test func textForPeople() throws {
        let text = String(decoding: StatusPage.render(try Self.input(), isJSON: false).body, as: UTF8.self)
        #expect(text.hasPrefix("clusterdns 1.2.3, ready, up 60 s\n"))
        // Three of 64 each.
        #expect(text.contains("  192  www.example.com.\n"))
        #expect(text.contains("  64  default.svc.cluster.local.\n"))
        // A newline in a name splits no line (robustness fact 11).
        #expect(text.contains("a\\\"b\\010.\n"))
    }

    @Test func JSONForPrograms() throws {
        let answer = StatusPage.render(try Self.input(), isJSON: true)
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        #expect(answer.contentType == "application/json")
        #expect(object?["uptimeSeconds"] as? Int == 60 && object?["ready"] as? Bool == true)
        let names = object?["topNames"] as? [[String: Any]]
        #expect(names?.first?["name"] as? String == "www.example.com." && names?.first?["about"] as? Int == 192)
    }
}
