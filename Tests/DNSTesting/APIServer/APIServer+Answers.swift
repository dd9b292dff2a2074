import NIOCore
import Synchronization

/// What a request gets: a whole response, or a watch.
enum Answer: Sendable {
    case response(Response)
    case watch(WatchOpening)
}

extension APIServer {
    /// Answers one request; `send` takes the frames of a watch that come later.
    func answer(_ call: APICall, _ effects: Effects, send: @escaping @Sendable (ByteBuffer) -> Void) -> Answer {
        let user = state.withLock { $0.settings.userName }
        if let refusal = effects.refusal(call, user: user) { return .response(refusal) }
        do throws(Status) {
            try authorize(call)
            guard let target = call.target else { return .response(Discovery.response(call, settings)) }
            if target.type == .serviceImports, !settings.hasServiceImports { return .response(.notFoundPage) }
            return try answer(call, target, effects, send: send)
        } catch {
            var response = Response(error, call)
            if error.code == 504 { response.delay = settings.freshnessTimeout }
            return .response(response)
        }
    }

    private func answer(
        _ call: APICall, _ target: APICall.Target, _ effects: Effects, send: @escaping @Sendable (ByteBuffer) -> Void
    ) throws(Status) -> Answer {
        let servesProtobuf = settings.servesProtobuf && !target.type.isCustom
        let representation = try Negotiation.choose(call.accept, servesProtobuf: servesProtobuf)
        switch call.verb {
        case .list: return .response(try list(call, target, representation, effects))
        case .watch:
            let opening = try state.withLock { state throws(Status) in
                try state.openWatch(call, target, representation, effects, send: send)
            }
            return .watch(opening)
        case .get: return .response(Self.response(try find(target), representation))
        case .create, .update, .patch, .delete, .deleteCollection:
            return .response(try write(call, target, representation))
        }
    }

    private func list(
        _ call: APICall, _ target: APICall.Target, _ representation: Representation, _ effects: Effects
    ) throws(Status) -> Response {
        let options = try ListOptions(call, target)
        var body = try state.withLock { state throws(Status) in
            var list = try ObjectList(target.type, options, from: state.store)
            effects.spoil(&list)
            return state.body(of: list, representation)
        }
        if effects.has(.truncatedList) { body = body.getSlice(at: 0, length: body.readableBytes / 2) ?? body }
        return Response(200, body, contentType: representation.contentType(isWatch: false))
    }

    private func find(_ target: APICall.Target) throws(Status) -> StoredObject {
        let name = ObjectName(namespace: target.namespace ?? "", name: target.name ?? "")
        guard let object = state.withLock({ $0.store.object(target.type, name) }) else {
            throw .notFound(target.type, name.name)
        }
        return object
    }

    /// One object as a response.
    static func response(_ object: StoredObject, _ representation: Representation, code: Int = 200) -> Response {
        let type = representation.contentType(isWatch: false)
        switch representation {
        case .json: return Response(code, json: object.whole)
        case .protobuf:
            let octets = object.octets(.protobuf)
            let body = Envelope.wrap(octets, kind: object.type.kind, apiVersion: object.type.apiVersion)
            return Response(code, body, contentType: type)
        case .table(let version):
            let metadata: JSONValue = ["resourceVersion": .string(String(object.revision))]
            let table = ObjectTable.table([object], object.type, metadata: metadata, apiVersion: version)
            return Response(code, json: table)
        }
    }

    private func authorize(_ call: APICall) throws(Status) {
        let (tokens, user, isDenied) = state.withLock { state in
            (state.settings.acceptedTokens, state.settings.userName, state.denials.contains { $0.concerns(call) })
        }
        // What everybody may see: probes and the version.
        let isOpen = ["/readyz", "/livez", "/healthz", "/version"].contains { call.path.hasPrefix($0) }
        if let tokens, !isOpen {
            guard let token = call.token else { throw .forbidden(call, user: "system:anonymous") }
            guard tokens.contains(token) else { throw .unauthorized }
        }
        if isDenied { throw .forbidden(call, user: user) }
    }
}

extension Response {
    /// A path that the server does not know.
    static var notFoundPage: Response { Response(404, plain: "404 page not found\n") }
}
