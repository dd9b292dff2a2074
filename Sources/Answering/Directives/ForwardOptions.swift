import Corefile
import DNSWire
import NetworkAddress

/// Reads a `forward` directive and its options.
///
///     forward FROM TO…              TO: IP[:PORT], tls://IP[%NAME][:PORT], a file in the format of resolv.conf
///     except ZONE… · force_tcp · prefer_udp · expire DURATION [10s] · max_fails N [2]
///     tls [CERT KEY] [CA] · tls_servername NAME · policy random|round_robin|sequential [random]
///     health_check DURATION [no_rec] [domain FQDN] [0.5s] · max_concurrent N [0] · read_timeout DURATION [2s]
///     next RCODE… · failover RCODE… [SERVFAIL REFUSED] · failfast_all_unhealthy_upstreams
///     max_idle_conns N · max_age DURATION · source_address IP
struct ForwardOptions {
    private static let known = [
        "except", "force_tcp", "prefer_udp", "expire", "max_fails", "tls", "tls_servername", "policy", "health_check",
        "max_concurrent", "read_timeout", "next", "failover", "failfast_all_unhealthy_upstreams", "max_idle_conns",
        "max_age", "source_address", "max_connect_attempts",
    ]
    /// CoreDNS takes as many.
    private static let targetCountMax = 15

    private(set) var definition: ForwardDefinition
    private(set) var warnings: [CorefileError] = []
    private let directive: Directive
    private let servesAddresses: Set<IPAddress>

    init(_ directive: Directive, _ scope: BlockScope) throws(CorefileError) {
        try directive.requireArgumentCount(2...)
        self.directive = directive
        servesAddresses = Set(scope.settings.bind.flatMap { $0.addresses(scope.environment) })
        let from = try scope.name(try directive.arguments[0].zone(), at: directive.arguments[0])
        definition = ForwardDefinition(blockZones: scope.zones, from: from, targets: [])
        for argument in directive.arguments.dropFirst() {
            let target = try Self.target(argument, scope)
            if case .address(let upstream) = target, !upstream.isTLS, servesAddresses.contains(upstream.address),
                upstream.port == 53
            {
                warnings.append(argument.refused("is an address of this server itself; it would be found to be a loop"))
            }
            definition.targets.append(target)
        }
        guard definition.targets.count <= Self.targetCountMax else {
            throw directive.arguments[Self.targetCountMax + 1].refused(
                "is one upstream too many; at most \(Self.targetCountMax) are taken")
        }
    }

    /// The whole, once all options are read.
    func finish() throws(CorefileError) -> ForwardDefinition {
        var definition = definition
        let isTLS = definition.tls != ClientTLS() || definition.tlsServerName != nil
        for index in definition.targets.indices {
            guard case .address(var upstream) = definition.targets[index],
                case .tls(let own) = upstream.transport
            else { continue }
            upstream.transport = .tls(serverName: own ?? definition.tlsServerName)
            definition.targets[index] = .address(upstream)
        }
        let hasTLS = definition.targets.contains { if case .address(let one) = $0 { one.isTLS } else { false } }
        if isTLS, !hasTLS {
            throw directive.refused("sets up TLS, and no upstream starts with \"tls://\"; write the prefix before one")
        }
        return definition
    }

    mutating func read(_ option: Directive, _ scope: BlockScope) throws(CorefileError) {
        switch option.name.text {
        case "except":
            for zone in try option.arguments.zones(default: []) {
                definition.exceptions.append(try scope.name(zone, at: option.name))
            }
        case "expire": definition.expire = try option.onlyArgument().duration(in: .seconds(1)...(.seconds(86_400)))
        case "max_fails": definition.maxFails = try option.onlyArgument().integer(in: 0...1_000_000)
        case "tls": definition.tls = try ClientTLS(option, scope)
        case "tls_servername": definition.tlsServerName = try option.onlyArgument().text
        case "policy":
            definition.policy = try option.onlyArgument().choice("policy", of: ForwardDefinition.Policy.self)
        case "health_check": try readHealthCheck(option, scope)
        case "max_concurrent": definition.maxConcurrent = try option.onlyArgument().integer(in: 0...10_000_000)
        case "read_timeout":
            definition.readTimeout = try option.onlyArgument().duration(in: .milliseconds(10)...(.seconds(30)))
        case "next": definition.nextRCODEs = try Self.rcodes(option)
        case "failover": definition.failoverRCODEs = try Self.rcodes(option)
        case "max_idle_conns": definition.maxIdleConnections = try option.onlyArgument().integer(in: 0...65_535)
        case "max_age": definition.maxAge = try option.onlyArgument().duration()
        case "source_address": definition.sourceAddress = try option.onlyArgument().address()
        default: try readSwitch(option)
        }
    }

    private mutating func readSwitch(_ option: Directive) throws(CorefileError) {
        switch option.name.text {
        case "force_tcp":
            try option.rejectArguments()
            definition.forcesTCP = true
        case "prefer_udp":
            try option.rejectArguments()
            definition.prefersUDP = true
        case "failfast_all_unhealthy_upstreams":
            try option.rejectArguments()
            definition.failsFast = true
        case "max_connect_attempts":
            warnings.append(option.refused("does nothing here: all upstreams are tried within the time a query has"))
        default: throw option.unknownOption(of: directive, known: Self.known)
        }
    }

    private mutating func readHealthCheck(_ option: Directive, _ scope: BlockScope) throws(CorefileError) {
        try option.requireArgumentCount(1...)
        definition.healthCheck.interval = try option.arguments[0].duration(in: .milliseconds(100)...(.seconds(3600)))
        var rest = option.arguments.dropFirst()
        while let word = rest.popFirst() {
            switch word.text {
            case "no_rec": definition.healthCheck.recursionDesired = false
            case "domain":
                guard let name = rest.popFirst() else { throw word.refused("needs a domain name behind it") }
                definition.healthCheck.domain = try scope.name(name.text, at: name)
            default: throw word.refused("is no option of health_check; expected \"no_rec\" or \"domain NAME\"")
            }
        }
    }

    private static func rcodes(_ option: Directive) throws(CorefileError) -> Set<RCODE> {
        try option.requireArgumentCount(1...)
        var rcodes: Set<RCODE> = []
        for argument in option.arguments {
            let names = (0...10).map { RCODE(rawValue: $0) }
            guard let rcode = names.first(where: { $0.description == argument.text.uppercased() }) else {
                throw argument.refused("is no RCODE; expected for example NXDOMAIN or SERVFAIL")
            }
            rcodes.insert(rcode)
        }
        return rcodes
    }

    /// An address with its transport, else the path of a file.
    private static func target(_ token: Token, _ scope: BlockScope) throws(CorefileError) -> ForwardDefinition.Target {
        var text = token.text
        var isTLS = false
        for scheme in ["dns://", "tls://", "https://", "grpc://", "quic://"] where text.hasPrefix(scheme) {
            text.removeFirst(scheme.count)
            isTLS = scheme == "tls://"
            guard isTLS || scheme == "dns://" else {
                throw token.refused(
                    "asks for \(scheme.dropLast(3)), which this server does not speak; use tls:// or dns://")
            }
        }
        if let upstream = UpstreamAddress(text, isTLS: isTLS) { return .address(upstream) }
        // What starts with a digit or a bracket was meant as an address.
        let isAddressLike = text.first.map { $0.isWholeNumber || $0 == "[" } ?? true
        let looksLikeFile =
            !isTLS && (text.contains("/") || !isAddressLike && scope.environment.fileExists(scope.path(text)))
        guard looksLikeFile else {
            throw token.refused(
                "is neither an address nor a file in the format of resolv.conf; expected for example 9.9.9.9, "
                    + "[2620:fe::fe]:53, tls://9.9.9.9%dns.quad9.net or /etc/resolv.conf")
        }
        let path = scope.path(text)
        if !scope.environment.fileExists(path) {
            throw token.refused("cannot be read as a file in the format of resolv.conf; create it, or name an address")
        }
        return .resolvConf(path: path)
    }
}

extension UpstreamAddress {
    /// Reads `IP`, `IP:PORT`, `[IP]:PORT`, with `%NAME` behind the address: an interface, or the server's name for TLS.
    package init?(_ text: String, isTLS: Bool = false) {
        var host = text[...]
        var port: UInt16 = isTLS ? 853 : 53
        if host.hasPrefix("["), let close = host.firstIndex(of: "]") {
            let behind = host[host.index(after: close)...]
            host = host[host.index(after: host.startIndex)..<close]
            guard let rest = Self.split(behind, &port) else { return nil }
            host += rest
        } else if host.filter({ $0 == ":" }).count == 1, let colon = host.firstIndex(of: ":") {
            guard let number = UInt16(host[host.index(after: colon)...]), number > 0 else { return nil }
            port = number
            host = host[..<colon]
        }
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let behind = parts.count > 1 ? String(parts[1]) : ""
        self.init(
            transport: isTLS ? .tls(serverName: behind.isEmpty ? nil : behind) : .plain, address: address,
            zone: isTLS ? "" : behind, port: port)
    }

    /// What stands behind a bracket: `%NAME`, `:PORT`, both or nothing.
    private static func split(_ text: Substring, _ port: inout UInt16) -> Substring? {
        guard let colon = text.lastIndex(of: ":") else { return text.isEmpty || text.hasPrefix("%") ? text : nil }
        guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else { return nil }
        port = number
        let rest = text[..<colon]
        return rest.isEmpty || rest.hasPrefix("%") ? rest : nil
    }
}
