import NIOCore

/// A page of a list, ready to be written.
struct ObjectList: Sendable {
    var type: ResourceType
    var items: [StoredObject]
    /// nil: left out, as a broken server would.
    var revision: UInt64?
    var continueToken: String?
    var remainingCount: Int?
    /// The kind that the list claims to be.
    var kind: String

    /// What the options ask for, out of `store`.
    init(_ type: ResourceType, _ options: ListOptions, from store: ObjectStore) throws(Status) {
        self.type = type
        kind = type.listKind
        let revision = try Self.revision(options, store)
        self.revision = revision
        let objects = try Self.objects(type, at: revision, options, store)
        let rest = options.continueToken.map { objects.after($0.last) } ?? objects.all[...]
        items = options.selection.isEverything ? Array(rest) : rest.filter(options.selection.matches)
        // From the cache (version 0) a list is never paged.
        if options.limit > 0, options.revision != 0 || options.continueToken != nil, items.count > options.limit {
            let all = items.count
            items = Array(items.prefix(options.limit))
            continueToken = items.last.map { ContinueToken(revision: revision, last: $0.name).text }
            // With selectors the server does not know how many are left.
            if options.selection.labels.isEmpty, options.selection.fields.isEmpty { remainingCount = all - items.count }
        }
    }

    private static func revision(_ options: ListOptions, _ store: ObjectStore) throws(Status) -> UInt64 {
        if let token = options.continueToken { return token.revision ?? store.revision }
        if let asked = options.revision, asked > store.revision {
            throw .tooLarge(asked, current: store.revision)
        }
        return options.isExact ? options.revision ?? store.revision : store.revision
    }

    private static func objects(
        _ type: ResourceType, at revision: UInt64, _ options: ListOptions, _ store: ObjectStore
    ) throws(Status) -> OrderedObjects {
        do {
            return try store.objects(type, at: revision)
        } catch {
            guard let last = options.continueToken?.last else {
                throw .expired("The resourceVersion for the provided list is too old.")
            }
            throw .expired(
                "The provided continue parameter is too old to display a consistent list result.",
                continueToken: ContinueToken(revision: nil, last: last).text)
        }
    }

    /// The items' octets, to stand in a body.
    func octets(_ representation: Representation) -> ByteBuffer {
        // Items of custom resources say what they are, others do not.
        let form: ObjectForm = representation == .protobuf ? .protobuf : type.isCustom ? .wholeJSON : .json
        let all = items.map { $0.octets(form) }
        var octets = ByteBuffer()
        octets.reserveCapacity(all.reduce(0) { $0 + $1.readableBytes + 8 })
        for (index, item) in all.enumerated() {
            if form == .protobuf {
                var head = ProtobufEncoder()
                head.appendHead(2, count: item.readableBytes)
                octets.writeBytes(head.octets)
            } else if index > 0 {
                octets.writeString(",")
            }
            octets.writeImmutableBuffer(item)
        }
        return octets
    }

    /// The body of a response around the octets of its items.
    func body(_ representation: Representation, items octets: ByteBuffer) -> ByteBuffer {
        switch representation {
        case .protobuf:
            var head = ProtobufEncoder()
            head.append(1, ProtobufEncoder.message("ListMeta", metadata))
            return Envelope.wrap(ByteBuffer(bytes: head.octets), octets, kind: kind, apiVersion: type.apiVersion)
        case .table(let version):
            return ByteBuffer(bytes: ObjectTable.table(items, type, metadata: metadata, apiVersion: version).octets)
        case .json:
            var body = ByteBuffer()
            body.reserveCapacity(octets.readableBytes + 512)
            body.writeString("{\"kind\":\"\(kind)\",\"apiVersion\":\"\(type.apiVersion)\",\"metadata\":")
            body.writeBytes(metadata.octets)
            body.writeString(",\"items\":[")
            body.writeImmutableBuffer(octets)
            body.writeString("]}\n")
            return body
        }
    }

    private var metadata: JSONValue {
        var metadata: JSONValue = [:]
        if let revision { metadata["resourceVersion"] = .string(String(revision)) }
        if let continueToken { metadata["continue"] = .string(continueToken) }
        if let remainingCount { metadata["remainingItemCount"] = .integer(Int64(remainingCount)) }
        return metadata
    }
}
