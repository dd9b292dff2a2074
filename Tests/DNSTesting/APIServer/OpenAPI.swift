/// As much of the OpenAPI description as `kubectl apply` wants: that the server itself checks the fields of objects.
enum OpenAPI {
    static func path(of type: ResourceType) -> String { "/openapi/v3" + type.groupPath }

    static func index(_ types: [ResourceType]) -> JSONValue {
        let paths = types.map { type in
            let url = JSONValue.object(["serverRelativeURL": .string(path(of: type))])
            return (String(type.groupPath.dropFirst()), url)
        }
        return ["paths": .object(Dictionary(paths) { first, _ in first })]
    }

    static func document(of type: ResourceType, _ types: [ResourceType]) -> JSONValue {
        let paths = types.filter { $0.apiVersion == type.apiVersion }.map { type in
            let place = type.isNamespaced ? "/namespaces/{namespace}" : ""
            return ("\(type.groupPath)\(place)/\(type.name)/{name}", JSONValue.object(["patch": patch(type)]))
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.32.0"],
            "paths": .object(Dictionary(paths) { first, _ in first }), "components": ["schemas": [:]],
        ]
    }

    private static func patch(_ type: ResourceType) -> JSONValue {
        [
            "parameters": [
                ["name": "fieldValidation", "in": "query", "schema": ["type": "string", "uniqueItems": true]],
                ["name": "dryRun", "in": "query", "schema": ["type": "string", "uniqueItems": true]],
            ],
            "responses": ["200": ["description": "OK"]],
            "x-kubernetes-group-version-kind": [
                "group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind),
            ],
        ]
    }
}
