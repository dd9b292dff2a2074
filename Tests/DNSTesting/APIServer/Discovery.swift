/// What the server says about itself: groups, resources, version, health.
enum Discovery {
    static func response(_ call: APICall, _ settings: ServerSettings) -> Response {
        let types = ResourceType.all.filter { settings.hasServiceImports || $0 != .serviceImports }
        switch call.path {
        case "/readyz", "/livez", "/healthz": return Response(200, plain: "ok")
        case "/version": return Response(json: version)
        case "/api": return Response(json: ["kind": "APIVersions", "versions": ["v1"]])
        case "/apis": return Response(json: groups(types))
        case "/openapi/v3": return Response(json: OpenAPI.index(types))
        default: break
        }
        for type in types {
            if call.path == OpenAPI.path(of: type) { return Response(json: OpenAPI.document(of: type, types)) }
            if call.path == type.groupPath { return Response(json: resources(type, types)) }
            if !type.group.isEmpty, call.path == "/apis/\(type.group)" { return Response(json: group(type)) }
        }
        return .notFoundPage
    }

    private static let version: JSONValue = [
        "major": "1", "minor": "32", "gitVersion": "v1.32.0+simulated", "gitTreeState": "clean",
        "goVersion": "none", "compiler": "swiftc", "platform": "linux/amd64",
    ]

    private static func groups(_ types: [ResourceType]) -> JSONValue {
        let groups = types.filter { !$0.group.isEmpty }.map(group)
        return ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups)]
    }

    private static func group(_ type: ResourceType) -> JSONValue {
        let version: JSONValue = ["groupVersion": .string(type.apiVersion), "version": .string(type.version)]
        return [
            "kind": "APIGroup", "apiVersion": "v1", "name": .string(type.group), "versions": [version],
            "preferredVersion": version,
        ]
    }

    private static func resources(_ type: ResourceType, _ types: [ResourceType]) -> JSONValue {
        let resources = types.filter { $0.apiVersion == type.apiVersion }.map(resource)
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(type.apiVersion),
            "resources": .array(resources),
        ]
    }

    private static func resource(_ type: ResourceType) -> JSONValue {
        [
            "name": .string(type.name), "singularName": .string(type.kind.lowercased()),
            "namespaced": .bool(type.isNamespaced), "kind": .string(type.kind),
            "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            "shortNames": .array(type.shortNames.map(JSONValue.string)),
        ]
    }
}

extension ResourceType {
    /// `/api/v1` or `/apis/GROUP/VERSION`.
    var groupPath: String { group.isEmpty ? "/api/\(version)" : "/apis/\(apiVersion)" }
}
