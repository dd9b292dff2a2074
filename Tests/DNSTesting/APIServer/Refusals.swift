import NIOCore

extension Effects {
    /// The response that replaces the right one, if an effect has one.
    func refusal(_ call: APICall, user: String) -> Response? {
        for effect in all {
            switch effect {
            case .status(let code, let retryAfter):
                return Self.response(code, retryAfterSeconds: retryAfter, call, user: user)
            case .expiredContinue:
                return Response(
                    .expired("The provided continue parameter is too old to display a consistent list result."), call)
            case .body(let text, let contentType):
                return Response(200, ByteBuffer(string: text), contentType: contentType)
            default: continue
            }
        }
        return nil
    }

    /// A refusal as kube-apiserver words it; those of its overload protection are plain text.
    private static func response(
        _ code: Int, retryAfterSeconds: Int?, _ call: APICall, user: String
    ) -> Response {
        var response =
            switch code {
            case 401: Response(.unauthorized, call)
            case 403: Response(.forbidden(call, user: user), call)
            case 410: Response(.tooOld(1, oldest: 2), call)
            case 429: Response(429, plain: "Too many requests, please try again later.\n")
            case 503: Response(503, plain: "service unavailable\n")
            case 500: Response(.internalError("etcdserver: request timed out"), call)
            default: Response(Status(code: code, reason: "Unknown", message: "a simulated fault"), call)
            }
        if let retryAfterSeconds { response.headers.append(("Retry-After", String(retryAfterSeconds))) }
        return response
    }

    /// The Status of an ERROR event.
    static func event(_ code: Int) -> Status {
        code == 410
            ? .tooOld(1, oldest: 2)
            : code == 500
                ? .internalError("etcdserver: no leader")
                : Status(code: code, reason: "Unknown", message: "a simulated fault")
    }
}
