import NIOCore

/// A refusal as the API writes it (`metav1.Status`, k8s.io/apimachinery pkg/api/errors).
struct Status: Error, Sendable {
    var code: Int
    var reason: String
    var message: String
    /// `name`, `group`, `kind`, `causes`, `retryAfterSeconds`.
    var details: JSONValue?
    /// Where a list that has expired could go on.
    var continueToken: String?

    var value: JSONValue {
        var value: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
            "reason": .string(reason), "code": .integer(Int64(code)),
        ]
        value["details"] = details
        if let continueToken { value["metadata"] = ["continue": .string(continueToken)] }
        return value
    }

    static let unauthorized = Status(code: 401, reason: "Unauthorized", message: "Unauthorized")

    static func badRequest(_ message: String) -> Status { Status(code: 400, reason: "BadRequest", message: message) }

    static func expired(_ message: String, continueToken: String? = nil) -> Status {
        Status(code: 410, reason: "Expired", message: message, continueToken: continueToken)
    }

    static func tooOld(_ revision: UInt64, oldest: UInt64) -> Status {
        expired("too old resource version: \(revision) (\(oldest))")
    }

    /// The version asked for has not been reached: the client is to try again in a second.
    static func tooLarge(_ revision: UInt64, current: UInt64) -> Status {
        Status(
            code: 504, reason: "Timeout", message: "Too large resource version: \(revision), current: \(current)",
            details: [
                "retryAfterSeconds": 1,
                "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]],
            ])
    }

    static func notFound(_ type: ResourceType, _ name: String) -> Status {
        Status(
            code: 404, reason: "NotFound", message: "\(type.qualifiedName) \"\(name)\" not found",
            details: details(type, name))
    }

    static func alreadyExists(_ type: ResourceType, _ name: String) -> Status {
        Status(
            code: 409, reason: "AlreadyExists", message: "\(type.qualifiedName) \"\(name)\" already exists",
            details: details(type, name))
    }

    static func conflict(_ type: ResourceType, _ name: String) -> Status {
        let advice = "the object has been modified; please apply your changes to the latest version and try again"
        return Status(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(type.qualifiedName) \"\(name)\": \(advice)",
            details: details(type, name))
    }

    static func invalidOptions(_ field: String, _ detail: String) -> Status {
        Status(
            code: 422, reason: "Invalid",
            message: "ListOptions.meta.k8s.io \"\" is invalid: \(field): Forbidden: \(detail)",
            details: [
                "group": "meta.k8s.io", "kind": "ListOptions",
                "causes": [
                    [
                        "reason": "FieldValueForbidden", "field": .string(field),
                        "message": .string("Forbidden: \(detail)"),
                    ]
                ],
            ])
    }

    static func forbidden(_ call: APICall, user: String) -> Status {
        guard let target = call.target else {
            let message = "forbidden: User \"\(user)\" cannot \(call.verb.rawValue) path \"\(call.path)\""
            return Status(code: 403, reason: "Forbidden", message: message, details: [:])
        }
        let type = target.type
        let subject = target.name.map { "\(type.qualifiedName) \"\($0)\"" } ?? type.qualifiedName
        let place = target.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        let denial = "cannot \(call.verb.rawValue) resource \"\(type.name)\" in API group \"\(type.group)\" \(place)"
        return Status(
            code: 403, reason: "Forbidden", message: "\(subject) is forbidden: User \"\(user)\" \(denial)",
            details: details(type, target.name))
    }

    static func internalError(_ detail: String) -> Status {
        Status(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(detail)",
            details: ["causes": [["message": .string(detail)]]])
    }

    private static func details(_ type: ResourceType, _ name: String?) -> JSONValue {
        var details: JSONValue = ["kind": .string(type.name)]
        if let name { details["name"] = .string(name) }
        if !type.group.isEmpty { details["group"] = .string(type.group) }
        return details
    }
}
