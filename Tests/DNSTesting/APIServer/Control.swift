import NIOCore

/// Answers the control API, for scenarios that steer the server with curl.
///
/// All paths begin with `/_control/`; what has arguments takes them from the query.
///
///     GET    requests                                      counts by verb and resource; DELETE starts anew
///     GET    state                                         version, objects and watches by resource, connections
///     POST   fault?effect=E&verb=V&resource=R&count=N      E as below; verb, resource and count may be left out
///     POST   deny?verb=V&resource=R                        403 until healed
///     POST   heal                                          takes away all faults and denials
///     POST   drop | freeze | thaw | stop | start | compact
///     POST   restart?history=keep|lose
///     POST   backup | restore                              objects and versions as of one moment, and back to it
///     POST   token?accept=T                                only this token from now on; without accept any
///     POST   settings?watchList=enabled|refused|ignored&protobuf=on|off&serviceImports=on|off&bookmarkSeconds=N
///     POST   objects?complete=1                            puts YAML or JSON; without complete just as it is
///     DELETE object?resource=R&namespace=NS&name=N
///     POST   flip?index=N                                  turns the readiness of one endpoint; says which
///     POST   repeat?resource=R&count=N&reversed=1          sends past events again
///
/// Effects: `status&status=429&retryAfter=3`, `errorEvent&status=410`, `cut&octets=100`,
/// `slow&octets=1&milliseconds=100`, `latency&milliseconds=500`, `silence`, `html`, `body&text={`, `truncatedList`,
/// `wrongKind`, `noResourceVersion`, `emptyList`, `expiredContinue`.
struct Control {
    private static let prefix = "/_control/"

    private let server: APIServer

    init(_ server: APIServer) { self.server = server }

    func answer(_ call: APICall) async -> Response {
        guard call.path.hasPrefix(Self.prefix) else { return Response(404, plain: "paths begin with \(Self.prefix)\n") }
        do {
            let path = call.path.dropFirst(Self.prefix.count)
            return try await answer("\(call.method) \(path)", call)
        } catch {
            return Response(400, plain: "\(error)\n")
        }
    }

    private func answer(_ action: String, _ call: APICall) async throws -> Response {
        switch action {
        case "GET requests": return Response(json: Self.counts(server.requestCounts))
        case "DELETE requests": server.resetRequestCounts()
        case "GET state": return Response(json: state)
        case "POST fault": server.add(try FaultText.fault(call.query))
        case "POST deny": try deny(call)
        case "POST heal": server.heal()
        case "POST drop": server.dropConnections()
        case "POST freeze": server.freeze()
        case "POST thaw": server.thaw()
        case "POST stop": await server.stop()
        case "POST start": try await server.start()
        case "POST compact": server.compact()
        case "POST restart": try await server.restart(keepingHistory: call.query["history"] != "lose")
        case "POST backup": server.keepBackup()
        case "POST restore": try server.restoreKeptBackup()
        case "POST token": server.configure { $0.acceptedTokens = call.query["accept"].map { [$0] } }
        case "POST settings": try configure(call)
        case "POST objects":
            let isCompleted = call.flag("complete") ?? false
            let count = try server.put(yaml: String(buffer: call.body), completing: isCompleted)
            return Response(json: ["objects": .integer(Int64(count))])
        case "DELETE object":
            let isGone = server.remove(
                try Self.type(call), call.query["name"] ?? "", namespace: call.query["namespace"] ?? "")
            return Response(json: ["deleted": .bool(isGone)])
        case "POST flip": return try flip(call)
        case "POST repeat":
            server.repeatChanges(
                try Self.type(call), count: call.query["count"].flatMap(Int.init) ?? 1,
                reversed: call.flag("reversed") ?? false)
        default: throw UnreadableText(description: "\"\(action)\" is no request to the control API")
        }
        return Response(json: ["revision": .integer(Int64(clamping: server.revision))])
    }

    private var state: JSONValue {
        let objects = ResourceType.all.map { ($0.name, server.count($0)) }
        return [
            "revision": .integer(Int64(clamping: server.revision)), "watches": Self.counts(server.watchCounts),
            "objects": Self.counts(Dictionary(objects) { $1 }), "connections": .integer(Int64(server.connectionCount)),
        ]
    }

    private func deny(_ call: APICall) throws {
        let verb = try call.query["verb"].map(FaultText.verb)
        server.deny(verb, on: try Self.type(call))
    }

    private func flip(_ call: APICall) throws -> Response {
        guard let flip = server.flipEndpoint(call.query["index"].flatMap(Int.init) ?? 0) else {
            throw UnreadableText(description: "there is no slice with endpoints to flip")
        }
        return Response(json: [
            "namespace": .string(flip.namespace), "slice": .string(flip.slice), "address": .string(flip.address),
            "ready": .bool(flip.isReady), "revision": .integer(Int64(clamping: flip.revision)),
        ])
    }

    private func configure(_ call: APICall) throws {
        var settings = server.settings
        for (name, value) in call.query {
            switch (name, value) {
            case ("watchList", _): settings.watchList = try Self.watchList(value)
            case ("protobuf", "on"), ("protobuf", "off"): settings.servesProtobuf = value == "on"
            case ("serviceImports", "on"), ("serviceImports", "off"): settings.hasServiceImports = value == "on"
            case ("bookmarkSeconds", _) where Int(value) != nil:
                settings.bookmarkInterval = .seconds(Int(value) ?? 60)
            default: throw UnreadableText(description: "\(name)=\(value) is no setting; see Control.swift")
            }
        }
        let new = settings
        server.configure { $0 = new }
    }

    private static func watchList(_ text: String) throws -> ServerSettings.WatchList {
        guard let value = ServerSettings.WatchList(rawValue: text) else {
            throw UnreadableText(description: "watchList is enabled, refused or ignored, not \"\(text)\"")
        }
        return value
    }

    private static func type(_ call: APICall) throws -> ResourceType {
        guard let type = ResourceType.all.first(where: { $0.name == call.query["resource"] }) else {
            let names = ResourceType.all.map(\.name).joined(separator: ", ")
            throw UnreadableText(description: "resource=\(call.query["resource"] ?? "") is none of \(names)")
        }
        return type
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.mapValues { .integer(Int64($0)) })
    }
}
