import Answering
import DNSTesting
import DNSWire
import Testing

/// Which NXDOMAINs are counted as those of a search path: names that no Service or Pod can have.
struct SearchedNameTests {
    @Test(arguments: [
        // The three names that glibc makes of www.example.com in a Pod of namespace shop (resolv.conf(5), search).
        ("www.example.com.shop.svc", true), ("www.example.com.svc", false), ("www.example.com", true),
        ("example.com", true), ("a.b.c.d.e.shop.svc", true), ("a.example.com.pod", false),
        ("a.b.example.com.pod", true),
        // What a client may have meant for this zone.
        ("gone.shop.svc", false), ("endpoint.gone.shop.svc", false), ("_http._tcp.gone.shop.svc", false),
        ("_http._tcp.www.example.com.shop.svc", true), ("10-0-0-1.gone.pod", false), ("typo", false), ("svc", false),
        ("web.shop.svc", false),
    ])
    func counted(_ name: String, _ isCounted: Bool) throws {
        let server = try TestServer(registry: "namespace shop\nservice web.shop 10.0.0.1 http:80")
        _ = try server.ask(name, .a)
        #expect(server.answerer.statistics[0].count(of: .searched) == (isCounted ? 1 : 0))
    }
}
