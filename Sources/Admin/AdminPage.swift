import Answering
import Corefile

/// A page that a directive opens at its address.
enum AdminPage: String, Hashable, Sendable, CaseIterable {
    case health = "/health"
    case ready = "/ready"
    case metrics = "/metrics"
    case status = "/status"
}

/// One page as text, without the HTTP around it.
struct AdminAnswer: Hashable, Sendable {
    /// An HTTP status code.
    var status: Int
    var contentType = "text/plain; charset=utf-8"
    var body: [UInt8]

    init(_ status: Int, _ text: String) {
        self.status = status
        body = Array(text.utf8)
    }

    init(metrics: [UInt8]) {
        status = 200
        contentType = "text/plain; version=0.0.4; charset=utf-8"
        body = metrics
    }
}

extension ServerConfiguration {
    /// Which pages are wanted at which address; equal addresses of several directives are one.
    var adminPages: [HostAndPort: Set<AdminPage>] {
        var pages: [HostAndPort: Set<AdminPage>] = [:]
        for settings in blocks.map(\.settings) {
            if let health = settings.health { pages[health.address, default: []].insert(.health) }
            if let ready = settings.ready { pages[ready, default: []].formUnion([.ready, .status]) }
            if let prometheus = settings.prometheus { pages[prometheus, default: []].formUnion([.metrics, .status]) }
        }
        return pages
    }
}
