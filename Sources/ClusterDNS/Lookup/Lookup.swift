import Answering
import ClusterModel
import ClusterZone
import DNSWire
import DNSZone
import NetworkAddress

/// What a Pod gets when it looks up a name: every query its resolver sends, up to the one that ends the search.
struct Lookup {
    enum Outcome: Hashable {
        case found
        /// A CNAME whose target has no record of the type here: glibc ends the search and reports no address.
        case aliasOnly
        /// The name exists without records of the type: glibc goes on searching.
        case noData
        case noName
        /// SERVFAIL: glibc goes on searching, and reports a failure that may pass.
        case serverFailure
        /// The server asks upstreams, which this command does not: what they say ends the search, or not.
        case forwarded
        /// Anything else ends the search.
        case refused(RCODE)

        init(_ response: DNSResponse, _ type: RRType) {
            switch response.rcode {
            case .noError:
                let isFound = response.answer.contains { $0.type == type || type == .any }
                self = isFound ? .found : response.answer.isEmpty ? .noData : .aliasOnly
            case .nxDomain: self = .noName
            case .servFail: self = .serverFailure
            case let other: self = .refused(other)
            }
        }

        var hasAnswer: Bool { self == .found || self == .aliasOnly }

        var endsSearch: Bool {
            switch self {
            case .found, .aliasOnly, .refused: true
            case .forwarded: false
            case .noData, .noName, .serverFailure: false
            }
        }

        var text: String {
            switch self {
            case .found: "NOERROR"
            case .aliasOnly: "NOERROR, only a CNAME"
            case .noData: "NODATA"
            case .noName: "NXDOMAIN"
            case .serverFailure: "SERVFAIL"
            case .forwarded: "asked of upstreams"
            case .refused(let rcode): "\(rcode)"
            }
        }
    }

    struct Step: Hashable {
        var name: Name
        var outcome: Outcome
        var answer: [ZoneRecord]
        var reason: String
    }

    /// As asked.
    let text: String
    let namespace: String
    let type: RRType
    /// nil for an absolute name.
    let path: SearchPath?
    /// Whether the server walks the search path itself.
    let hasAutopath: Bool
    private(set) var steps: [Step] = []

    /// Walks the search path; throws where the text or the namespace is no name.
    ///
    /// An address is looked up as its PTR name, without a search.
    init(
        _ text: String, from namespace: String, type: RRType, ndots: Int, in registry: LoadedRegistry
    ) throws(WireError) {
        let zone = registry.definition.options.forwardZones.first ?? .root
        let search = try SearchPath(namespace: namespace, zone: zone, ndots: ndots)
        let address = IPAddress(text)
        self.text = text
        self.namespace = namespace
        self.type = address == nil ? type : .ptr
        path = address == nil && !text.hasSuffix(".") ? search : nil
        hasAutopath = registry.configuration.blocks.contains { $0.directives.contains("autopath") }
        let resolver = LocalResolver(state: registry.makeState())
        let reasons = LookupReasons(registry, zone: resolver.state.zones[registry.choice.index])
        let names = if let address { [ReverseName.name(of: address)] } else { try search.candidates(text) }
        // Step 0 of a name asked as it is first only ends the search when it finds something.
        let firstEnding = names.count > 1 && search.startsAsItIs(text) ? 1 : 0
        for (place, name) in names.enumerated() {
            let reply = try resolver.ask(name, self.type)
            let outcome = reply.upstreams == nil ? Outcome(reply.response, self.type) : .forwarded
            let reason =
                reply.upstreams.map {
                    "\"forward\" asks \($0.joined(separator: ", ")); what they say is not looked up here"
                }
                ?? reasons.reason(for: name, self.type, outcome, plugin: reply.plugin)
            steps.append(Step(name: name, outcome: outcome, answer: reply.response.answer, reason: reason))
            if outcome.hasAnswer || outcome.endsSearch && place >= firstEnding { break }
        }
    }

    var isFound: Bool { steps.last?.outcome == .found }

    /// Whether upstreams decide what the search finds.
    var isForwarded: Bool { steps.last?.outcome == .forwarded }

    /// How to ask with one query; nil where one is enough, or nothing was found.
    var remedy: String? {
        guard isFound || isForwarded, steps.count > 1, let name = steps.last?.name else { return nil }
        let dot = "\(name) with the final dot is 1 query instead of \(steps.count)"
        guard isForwarded, !hasAutopath else { return dot }
        return dot + "; so is ndots:1 in the Pod's dnsConfig, or \"autopath @kubernetes\" in the Corefile for every Pod"
    }
}
