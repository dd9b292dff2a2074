import Corefile

/// Directives of CoreDNS that have no counterpart here, and the sentence that each is met with behind its name.
enum Foreign {
    typealias Entry = DirectiveOrder.Entry

    static let pprof = Entry.ignored(
        "pprof",
        "opens a profiler of CoreDNS' own; it does nothing here, where \"/metrics\" shows the load of each worker")
    static let trace = Entry.ignored(
        "trace", "sends spans to a collector; nothing is sent here, where \"log\" shows each query and how long it took"
    )
    static let debug = Entry.ignored(
        "debug", "lets CoreDNS end at its first panic; it does nothing here, where a fault always ends the process")
    static let cancel = Entry.ignored(
        "cancel",
        "bounds what a query may take; it does nothing here, where each has its answer within 5 seconds anyway")
    static let dnstap = Entry.foreign(
        "dnstap", "writes queries in a format that this server does not speak; take the directive out, and use \"log\"")
    static let grpc = Entry.foreign(
        "grpc", "asks upstreams over gRPC, which this server does not speak; use \"forward\" with tls:// or addresses")
    static let sign = Entry.foreign(
        "sign",
        "signs a zone's file while the server runs; \"clusterdns zone --sign\" writes one for \"file\", and "
            + "\"dnssec\" signs what is answered")
    static let whoami = Entry.foreign(
        "whoami", "is CoreDNS' example of a plugin, which this server does without; take the directive out")
    static let erratic = Entry.foreign(
        "erratic", "makes CoreDNS fail for tests, which this server does not do; take the directive out")
    static let view = Entry.foreign(
        "view", "chooses a block by an expression, which this server does not read; use \"acl\" or \"bind\" instead")

    /// Why a server block is not served over `scheme`, to follow the key; nil where it is.
    static func refusal(of scheme: Scheme) -> String? {
        switch scheme {
        case .dns, .tls: nil
        case .https: "asks for DNS over HTTPS, which this server does not speak; use dns:// or tls://"
        case .https3: "asks for DNS over HTTP/3, which this server does not speak; use dns:// or tls://"
        case .quic: "asks for DNS over QUIC, which this server does not speak; use dns:// or tls://"
        case .grpc: "asks for DNS over gRPC, which this server does not speak; use dns:// or tls://"
        }
    }
}
