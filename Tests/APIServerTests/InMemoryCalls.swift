import NIOCore
import Synchronization

@testable import APIServerTesting

/// Collects the frames of a watch as text.
final class FrameList: Sendable {
    private let frames = Mutex<[String]>([])

    var all: [String] { frames.withLock { $0 } }

    func append(_ frame: ByteBuffer) { frames.withLock { $0.append(String(buffer: frame)) } }
}

extension APIServer {
    /// The response to a GET, without a socket.
    func get(_ uri: String, accept: String = "application/json", authorization: String? = nil) -> Response {
        send(APICall(method: "GET", uri: uri, accept: accept, authorization: authorization))
    }

    func send(_ call: APICall) -> Response {
        let effects = state.withLock { $0.admit(call) }
        switch answer(call, effects, send: { _ in }) {
        case .response(let response): return response
        case .watch: return Response(200, plain: "a watch")
        }
    }

    /// Begins a watch without a socket; its first frames, and those that come later.
    func watch(_ uri: String, accept: String = "application/json") -> (opening: WatchOpening?, later: FrameList) {
        let call = APICall(method: "GET", uri: uri, accept: accept)
        let later = FrameList()
        let effects = state.withLock { $0.admit(call) }
        guard case .watch(let opening) = answer(call, effects, send: { later.append($0) }) else { return (nil, later) }
        return (opening, later)
    }

    func putService(_ name: String, namespace: String = "default", labels: JSONValue = [:]) throws {
        try put([
            "kind": "Service", "apiVersion": "v1",
            "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": labels],
            "spec": ["clusterIP": "10.96.0.1"],
        ])
    }
}

extension Response {
    var json: JSONValue { (try? JSONValue(json: body.readableBytesView)) ?? .null }

    /// Names of a list's items.
    var names: [String] { json["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string } ?? [] }
}

extension WatchOpening {
    /// One event a line, whatever the pieces.
    var events: [JSONValue] {
        frames.flatMap { String(buffer: $0).split(separator: "\n") }
            .compactMap { try? JSONValue(json: Array($0.utf8)) }
    }

    /// `ADDED web`, `BOOKMARK`.
    var summary: [String] { events.map(\.eventSummary) }
}

extension FrameList {
    var summary: [String] { all.map { ((try? JSONValue(json: Array($0.utf8))) ?? .null).eventSummary } }
}

extension JSONValue {
    fileprivate var eventSummary: String {
        let name = self["object"]?["metadata"]?["name"]?.string.map { " " + $0 } ?? ""
        return (self["type"]?.string ?? "?") + name
    }
}
