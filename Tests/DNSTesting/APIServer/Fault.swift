/// Something that goes wrong with the requests it is meant for.
package struct Fault: Hashable, Sendable {
    package enum Effect: Hashable, Sendable {
        /// A refusal with this code, as kube-apiserver words it.
        case status(Int, retryAfterSeconds: Int? = nil)
        /// 410 for the second and later pages of a list; first pages are left alone.
        case expiredContinue
        /// An ERROR event with this code as the first frame of a watch, which then ends.
        case errorEvent(Int)
        /// 200 and this body, whatever was asked for.
        case body(String, contentType: String)
        /// The connection breaks behind this many octets of the body.
        case cut(afterOctets: Int)
        /// The list ends in the middle, in good order as far as HTTP can tell.
        case truncatedList
        /// A list of another kind.
        case wrongKind
        case noResourceVersion
        case emptyList
        /// Nothing is ever sent, not even a head.
        case silence
        /// So many octets of the body at a time.
        case slow(octets: Int, every: Duration)
        /// The request is looked at only after this time.
        case latency(Duration)
    }

    /// nil: all verbs.
    package var verb: APICall.Verb?
    /// The plural name of a resource; nil: all requests, `/version` and `/readyz` among them.
    package var resource: String?
    /// How many requests it still meets; nil: all, until it is taken away.
    package var count: Int?
    package var effect: Effect

    package init(_ effect: Effect, verb: APICall.Verb? = nil, resource: String? = nil, count: Int? = nil) {
        self.effect = effect
        self.verb = verb
        self.resource = resource
        self.count = count
    }

    /// A login page where an API was expected.
    package static let htmlPage = Fault(
        .body(
            "<!DOCTYPE html><html><body><form>Sign in</form></body></html>\n", contentType: "text/html; charset=utf-8"))

    func concerns(_ call: APICall) -> Bool {
        if let verb, call.target == nil || verb != call.verb { return false }
        if let resource, call.target?.type.name != resource { return false }
        switch effect {
        case .expiredContinue: return call.verb == .list && call.query["continue"]?.isEmpty == false
        case .errorEvent: return call.verb == .watch
        case .truncatedList, .wrongKind, .noResourceVersion: return call.verb == .list
        default: return true
        }
    }
}

/// The effects that met one request.
struct Effects: Sendable {
    var all: [Fault.Effect] = []

    var latency: Duration {
        all.reduce(.zero) { sum, effect in if case .latency(let time) = effect { sum + time } else { sum } }
    }

    func has(_ effect: Fault.Effect) -> Bool { all.contains(effect) }

    var cut: Int? { all.lazy.compactMap { if case .cut(let count) = $0 { count } else { nil } }.first }

    var slowness: (octets: Int, interval: Duration)? {
        all.lazy.compactMap { if case .slow(let octets, let every) = $0 { (octets, every) } else { nil } }.first
    }

    var errorEvent: Int? { all.lazy.compactMap { if case .errorEvent(let code) = $0 { code } else { nil } }.first }

    /// Changes a list as a broken server would.
    func spoil(_ list: inout ObjectList) {
        if has(.emptyList) { list.items = [] }
        if has(.noResourceVersion) { list.revision = nil }
        if has(.wrongKind) { list.kind = list.type == .configMaps ? "PodList" : "ConfigMapList" }
    }
}
