/// How objects are written in a response body.
package enum ObjectEncoding: String, Hashable, Sendable, CaseIterable {
    /// `application/vnd.kubernetes.protobuf`; a watch has `;stream=watch` and length-prefixed frames.
    case protobuf
    /// `application/json`; a watch has one event after the other.
    case json

    /// The encoding of a response with this Content-Type; nil for anything else, an HTML page for one.
    package init?(contentType: String) {
        let type = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        guard let encoding = Self.allCases.first(where: { $0.contentType == type }) else { return nil }
        self = encoding
    }

    package var contentType: String {
        switch self {
        case .protobuf: "application/vnd.kubernetes.protobuf"
        case .json: "application/json"
        }
    }
}

/// A GET to the Kubernetes API: a list, a page of one, a watch, or one object.
package struct APIRequest: Hashable, Sendable {
    package enum Purpose: Hashable, Sendable {
        case list
        case watch
        case object
    }

    package var purpose: Purpose
    package var resource: APIResource
    /// Without the query, as in `/api/v1/services`.
    package var path: String
    /// Names and values not yet percent-encoded, in the order they are sent.
    package var query: [QueryItem]
    /// The encodings to ask for, the best first.
    package var accepts: [ObjectEncoding]

    package struct QueryItem: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        _ purpose: Purpose, of resource: APIResource, path: String, query: [QueryItem] = [],
        accepts: [ObjectEncoding] = [.protobuf, .json]
    ) {
        self.purpose = purpose
        self.resource = resource
        self.path = path
        self.query = query
        self.accepts = accepts
    }
}
