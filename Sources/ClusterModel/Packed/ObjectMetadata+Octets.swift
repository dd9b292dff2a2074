/// Which parts of an object's metadata follow its key.
struct MetadataFields: OptionSet {
    let rawValue: UInt8
    static let service = MetadataFields(rawValue: 1)
    static let serviceImport = MetadataFields(rawValue: 2)
    static let labels = MetadataFields(rawValue: 4)
    static let annotations = MetadataFields(rawValue: 8)
    static let uid = MetadataFields(rawValue: 16)
    static let creationTime = MetadataFields(rawValue: 32)
    static let deletionTime = MetadataFields(rawValue: 64)
    /// A Namespace that says it is in a namespace, which its key leaves out.
    static let namespace = MetadataFields(rawValue: 128)
}

extension OctetWriter {
    /// Where the object was read and in which version: what is no part of its content.
    mutating func origin(of metadata: ObjectMetadata) {
        var origin = OctetWriter()
        if !metadata.resourceVersion.isEmpty || metadata.source != nil { origin.version(metadata.resourceVersion) }
        if let source = metadata.source {
            origin.signedNumber(Int64(source.line))
            origin.text(source.file)
        }
        count(origin.octets.count)
        append(origin.octets)
    }

    /// A decimal number plus one, else 0 and the text; an API server's versions are numbers.
    private mutating func version(_ text: String) {
        if let value = UInt64(text), value < .max, "\(value)" == text { return number(value + 1) }
        number(0)
        self.text(text)
    }

    /// The key, then the other metadata; the labels that tie a slice to its Service come first.
    mutating func metadata(_ metadata: ObjectMetadata, key: ObjectKey) {
        text(key.namespace)
        text(key.name)
        var labels = metadata.labels
        let service = labels.removeValue(forKey: EndpointSlice.serviceNameLabel)
        let serviceImport = labels.removeValue(forKey: ServiceImport.serviceNameLabel)
        var fields: MetadataFields = []
        if service != nil { fields.insert(.service) }
        if serviceImport != nil { fields.insert(.serviceImport) }
        if !labels.isEmpty { fields.insert(.labels) }
        if !metadata.annotations.isEmpty { fields.insert(.annotations) }
        if !metadata.uid.isEmpty { fields.insert(.uid) }
        if metadata.creationTime != nil { fields.insert(.creationTime) }
        if metadata.deletionTime != nil { fields.insert(.deletionTime) }
        if metadata.namespace != key.namespace { fields.insert(.namespace) }
        octet(fields.rawValue)
        if let service { text(service) }
        if let serviceImport { text(serviceImport) }
        if fields.contains(.labels) { textMap(labels) }
        if fields.contains(.annotations) { textMap(metadata.annotations) }
        if fields.contains(.uid) { text(metadata.uid) }
        if let time = metadata.creationTime { signedNumber(time) }
        if let time = metadata.deletionTime { signedNumber(time) }
        if fields.contains(.namespace) { text(metadata.namespace) }
    }
}

extension OctetReader {
    mutating func origin() throws(ObjectCodingError) -> (version: String, source: SourceLocation?) {
        var origin = OctetReader(octets[try skip(count())])
        if origin.isAtEnd { return ("", nil) }
        let version = try origin.version()
        var source: SourceLocation?
        if !origin.isAtEnd {
            let line = Int(try origin.signedNumber())
            source = SourceLocation(file: try origin.text(), line: line)
        }
        try origin.end()
        return (version, source)
    }

    private mutating func version() throws(ObjectCodingError) -> String {
        let number = try number()
        return number == 0 ? try text() : "\(number - 1)"
    }

    /// What follows the origin; the name is that of the key.
    mutating func metadata(_ kind: ObjectKind) throws(ObjectCodingError) -> ObjectMetadata {
        let namespace = try text()
        var metadata = ObjectMetadata(name: try text(), namespace: namespace)
        let fields = MetadataFields(rawValue: try octet())
        // The key of a Namespace is in no namespace, and only a Namespace may be where its key is not.
        guard kind == .namespace ? namespace.isEmpty : !fields.contains(.namespace) else { throw error(.badValue) }
        let service = fields.contains(.service) ? try text() : nil
        let serviceImport = fields.contains(.serviceImport) ? try text() : nil
        if fields.contains(.labels) { metadata.labels = try textMap() }
        try set(EndpointSlice.serviceNameLabel, service, in: &metadata)
        try set(ServiceImport.serviceNameLabel, serviceImport, in: &metadata)
        if fields.contains(.annotations) { metadata.annotations = try textMap() }
        if fields.contains(.uid) { metadata.uid = try text() }
        if fields.contains(.creationTime) { metadata.creationTime = try signedNumber() }
        if fields.contains(.deletionTime) { metadata.deletionTime = try signedNumber() }
        if fields.contains(.namespace) { metadata.namespace = try text() }
        return metadata
    }

    /// Sets a label that is written apart from the others, where it may not stand too.
    private func set(_ label: String, _ value: String?, in metadata: inout ObjectMetadata) throws(ObjectCodingError) {
        if !metadata.labels.isEmpty, metadata.labels[label] != nil { throw error(.badValue) }
        if let value { metadata.labels[label] = value }
    }
}
