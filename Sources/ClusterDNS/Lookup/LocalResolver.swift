import Answering
import DNSWire
import NetworkAddress

/// Asks the answerer of a state, octets in and octets out, as a client of the server would.
struct LocalResolver {
    /// What came back, and which plugin answered: empty where no block or plugin wanted the name.
    struct Reply: Hashable {
        var response: DNSResponse
        var plugin: String
        /// Whom the server would ask, in the words of the Corefile; nil where it answers by itself.
        var upstreams: [String]?
    }

    let state: ServingState

    /// Asks for `name` over TCP, so that nothing is cut off.
    func ask(_ name: Name, _ type: RRType) throws(WireError) -> Reply {
        let listen = state.configuration.listeners.first { $0.routes.contains { name.isAtOrBelow($0.zone) } }
        var answerer = Answerer(
            listen: (listen ?? state.configuration.listeners.first)?.address ?? ListenAddress(address: nil, port: 53),
            state: state)
        let client = QueryClient(transport: .tcp, address: IPAddress(ipv4: 127 << 24 | 1), port: 0)
        var response = [UInt8](repeating: 0, count: Answerer.tcpOctetCountMax)
        let query = Self.query(name, type)
        // SAFETY: octets have no padding, and the span ends with the call.
        let length = unsafe response.withUnsafeMutableBytes { buffer in
            answerer.answer(query.rawSpan, from: client, into: unsafe MutableRawSpan(_unsafeBytes: buffer))
        }
        if let group = answerer.outcome.deferred {
            return Reply(
                response: DNSResponse(rcode: .noError, answer: []), plugin: ForwardPlugin.directive,
                upstreams: state.configuration.forwards[group].targets.map(\.text))
        }
        // A reply that is dropped is as good as a refusal to the one who waits for it.
        guard length > 0 else { return Reply(response: DNSResponse(rcode: .refused, answer: []), plugin: "") }
        let plugins = DirectiveOrder.answeringPlugins
        let plugin = answerer.outcome.plugin
        return Reply(
            response: try ResponseReader.read(Array(response[..<length])),
            plugin: plugins.indices.contains(plugin) ? plugins[plugin] : "")
    }

    /// One question with RD, as a stub resolver sends it (RFC 1035 §4.1).
    private static func query(_ name: Name, _ type: RRType) -> [UInt8] {
        var octets: [UInt8] = []
        for field: UInt16 in [0, Query.Flag.recursionDesired, 1, 0, 0, 0] { octets.append(bigEndian: field) }
        octets += name.wire
        octets.append(bigEndian: type.rawValue)
        octets.append(bigEndian: RRClass.internet.rawValue)
        return octets
    }
}

extension ForwardDefinition.Target {
    /// As it stands in the Corefile.
    fileprivate var text: String {
        switch self {
        case .address(let address): address.description
        case .resolvConf(let path): "the nameservers of \(path)"
        }
    }
}

extension Name {
    fileprivate func isAtOrBelow(_ zone: NameSuffix) -> Bool {
        var folded = FoldedName()
        folded.set(self)
        return zone.covers(folded)
    }
}
