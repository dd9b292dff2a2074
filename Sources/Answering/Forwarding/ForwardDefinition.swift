package import DNSWire
package import NetworkAddress

/// Where a question can be sent.
package struct UpstreamAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Transport: Hashable, Sendable {
        /// UDP, and TCP where an answer does not fit.
        case plain
        /// TLS over TCP (RFC 7858); nil: no name to verify, the certificate must have the address.
        case tls(serverName: String?)
    }

    package var transport: Transport
    package var address: IPAddress
    /// The interface of an IPv6 link-local address; empty for none.
    package var zone: String
    package var port: UInt16

    package init(transport: Transport = .plain, address: IPAddress, zone: String = "", port: UInt16) {
        self.transport = transport
        self.address = address
        self.zone = zone
        self.port = port
    }

    package var isTLS: Bool { transport != .plain }

    /// As in the `to` label of the metrics: `10.0.0.10:53`, `[fd00::a]:53`, `tls://9.9.9.9:853`.
    package var description: String {
        let place = zone.isEmpty ? "\(address)" : "\(address)%\(zone)"
        let host = address.family == .ipv4 ? "\(place):\(port)" : "[\(place)]:\(port)"
        return isTLS ? "tls://\(host)" : host
    }
}

/// A `forward` directive: whom to ask, and how.
package struct ForwardDefinition: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case address(UpstreamAddress)
        /// The `nameserver` lines of a file in the format of resolv.conf(5), followed as it changes.
        case resolvConf(path: String)
    }

    package enum Policy: String, Hashable, Sendable, CaseIterable {
        case random
        case roundRobin = "round_robin"
        case sequential
    }

    package struct HealthCheck: Hashable, Sendable {
        /// Between two questions to an upstream that failed.
        package var interval: Duration = .milliseconds(500)
        package var recursionDesired = true
        package var domain: Name = .root
    }

    /// The zones of the server block: equal directives of two blocks share nothing.
    package var blockZones: [String]
    package var from: Name
    package var targets: [Target]
    package var exceptions: [Name] = []
    package var forcesTCP = false
    package var prefersUDP = false
    /// How long a connection may be idle.
    package var expire: Duration = .seconds(10)
    /// Failures in a row after which an upstream is down; 0: never.
    package var maxFails = 2
    package var tls = ClientTLS()
    package var tlsServerName: String?
    package var policy = Policy.random
    package var healthCheck = HealthCheck()
    /// Questions under way at once; 0: only the server's own bound.
    package var maxConcurrent = 0
    /// What one upstream may take for an answer.
    package var readTimeout: Duration = .seconds(2)
    /// RCODEs that pass the question on to the next plugin.
    package var nextRCODEs: Set<RCODE> = []
    /// RCODEs that pass the question on to another upstream.
    package var failoverRCODEs: Set<RCODE> = [.servFail, .refused]
    package var failsFast = false
    package var maxIdleConnections = 0
    /// The age at which a connection is not used again; zero: any.
    package var maxAge: Duration = .zero
    package var sourceAddress: IPAddress?
    package var cache = CacheSettings.none
    /// `loop` stands in the same block.
    package var detectsLoops = false

    package init(blockZones: [String], from: Name, targets: [Target]) {
        self.blockZones = blockZones
        self.from = from
        self.targets = targets
    }
}

/// What lives as long as a `forward` directive does: its cache, and what `loop` waits for.
package final class ForwardGroup: Sendable {
    package let definition: ForwardDefinition
    package let cache: ResponseCache
    package let loops = LoopWatch()
    package let patience = UpstreamPatience()

    package init(_ definition: ForwardDefinition) {
        self.definition = definition
        cache = ResponseCache(definition.cache)
    }
}
