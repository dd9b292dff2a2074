import ClusterModel

/// Makes the reader for the body of a list.
package enum ListReader {
    /// Reads objects of `resource`, trimmed to what `keeping` names; one with more octets is passed over as unreadable.
    package static func make(
        _ encoding: ObjectEncoding, _ resource: APIResource, _ keeping: KeptFields,
        octetCountMax: Int = ObjectLimit.octetCountMax
    ) -> any ListReading {
        let decoder = ObjectDecoder(resource: resource, keeping: keeping, octetCountMax: octetCountMax)
        return switch encoding {
        case .protobuf: ListBody<ProtobufListSplitter>(decoder)
        case .json: ListBody<JSONListSplitter>(decoder)
        }
    }
}

/// What the body of a list says, whichever way it is taken apart.
struct ListBody<Splitter: ListSplitting>: ListReading {
    private let decoder: ObjectDecoder
    private var splitter: Splitter
    private var apiVersion = ""
    private var kind = ""
    private var metadata: WireListMeta?
    private var message = ""

    init(_ decoder: ObjectDecoder) {
        self.decoder = decoder
        splitter = Splitter(octetCountMax: decoder.octetCountMax)
    }

    mutating func read(_ chunk: RawSpan) throws(StreamError) -> [DecodedObject] {
        splitter.append(chunk)
        var objects: [DecodedObject] = []
        while let part = try splitter.next() {
            switch part {
            case .type(let apiVersion, let kind):
                self.apiVersion = apiVersion ?? self.apiVersion
                self.kind = kind ?? self.kind
                if let kind, kind != wantedKind, !isStatus { throw wrongType }
            case .metadata(let metadata): self.metadata = metadata
            case .item(let octets): if !isStatus { objects.append(decoder.decode(octets, Splitter.encoding)) }
            case .oversizedItem: objects.append(decoder.oversized)
            case .message(let message): self.message = message
            }
        }
        return objects
    }

    mutating func finish() throws(StreamError) -> ListMetadata {
        guard splitter.isComplete else { throw StreamError("the body ends before the list does; ask again") }
        if isStatus {
            throw StreamError(
                "the body is a Status in place of a \(wantedKind): \(message.isEmpty ? "no message" : message)")
        }
        guard kind == wantedKind, apiVersion == decoder.resource.apiVersion else { throw wrongType }
        guard let metadata, !metadata.resourceVersion.isEmpty else {
            throw StreamError("the \(kind) has no resourceVersion, so nothing can be watched from it; ask again")
        }
        return ListMetadata(resourceVersion: metadata.resourceVersion, continueToken: metadata.continue)
    }

    private var wantedKind: String { "\(decoder.resource.kind.rawValue)List" }
    private var isStatus: Bool { kind == "Status" }

    private var wrongType: StreamError {
        StreamError(
            "the body is \("\(apiVersion) \(kind)".quoted) in place of \(decoder.resource.apiVersion) \(wantedKind); "
                + "see what answers for the API server")
    }
}
