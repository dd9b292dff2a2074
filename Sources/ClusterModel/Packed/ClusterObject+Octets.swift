import NetworkAddress

extension ClusterObject {
    /// The version of the form, in the high half of the first octet; the kind is in the low half.
    private static let version: UInt8 = 1

    /// The object as octets, compact and complete: what registry files hold.
    ///
    /// First the version and the kind, then the origin (resource version, source place) with its length, then the
    /// key and the rest of the content, so that equal contents are equal octets.
    package func encode() -> [UInt8] {
        var writer = OctetWriter()
        writer.octet(Self.version << 4 | OctetCodes.code(of: kind, in: OctetCodes.kinds))
        writer.origin(of: metadata)
        writer.metadata(metadata, key: storedKey)
        writer.content(of: self)
        return writer.octets
    }

    /// Reads what `encode` made; octets of any other making throw, or are read as some object.
    package init(octets: [UInt8]) throws(ObjectCodingError) {
        var reader = OctetReader(octets[...])
        let head = try reader.octet()
        guard head >> 4 == Self.version else { throw ObjectCodingError(.unknownVersion, at: 0) }
        let kind = try reader.word(head & 0x0F, in: OctetCodes.kinds)
        let origin = try reader.origin()
        var metadata = try reader.metadata(kind)
        metadata.resourceVersion = origin.version
        metadata.source = origin.source
        self = try reader.object(kind, metadata)
        try reader.end()
    }

    /// The key in the store's tables; a Namespace is in no namespace there, whatever it says.
    var storedKey: ObjectKey {
        if case .namespace(let namespace) = self { return ObjectKey(namespace: "", name: namespace.metadata.name) }
        return key
    }
}

extension OctetWriter {
    fileprivate mutating func content(of object: ClusterObject) {
        switch object {
        case .namespace: break
        case .service(let object): service(object)
        case .endpointSlice(let object): endpointSlice(object)
        case .pod(let object): pod(object)
        case .configMap(let object): textMap(object.data)
        case .secret(let object):
            map(object.data) { writer, octets in
                writer.count(octets.count)
                writer.append(octets)
            }
        case .workload(let object): workload(object)
        case .serviceImport(let object):
            octet(OctetCodes.code(of: object.kind, in: OctetCodes.importKinds))
            addresses(object.ips)
            list(object.ports) { $0.servicePort($1) }
        }
    }

    private mutating func workload(_ workload: Workload) {
        text(workload.kind)
        signedNumber(Int64(workload.replicas))
        textMap(workload.selector)
        textMap(workload.templateLabels)
        list(workload.containers) { $0.container($1) }
    }
}

extension OctetReader {
    fileprivate mutating func object(
        _ kind: ObjectKind, _ metadata: ObjectMetadata
    ) throws(ObjectCodingError) -> ClusterObject {
        switch kind {
        case .namespace: .namespace(Namespace(metadata: metadata))
        case .service: .service(try service(metadata))
        case .endpointSlice: .endpointSlice(try endpointSlice(metadata))
        case .pod: .pod(try pod(metadata))
        case .configMap: .configMap(ConfigMap(metadata: metadata, data: try textMap()))
        case .secret: .secret(Secret(metadata: metadata, data: try secrets()))
        case .workload: .workload(try workload(metadata))
        case .serviceImport: .serviceImport(try serviceImport(metadata))
        }
    }

    private mutating func secrets() throws(ObjectCodingError) -> [String: [UInt8]] {
        try map { (reader) throws(ObjectCodingError) in Array(reader.octets[try reader.skip(try reader.count())]) }
    }

    /// The key's name starts with the kind, which the metadata's does not.
    private mutating func workload(_ metadata: ObjectMetadata) throws(ObjectCodingError) -> Workload {
        let kind = try text()
        guard metadata.name.utf8.starts(with: "\(kind)/".utf8) else { throw error(.badValue) }
        var workload = Workload(kind: kind, metadata: metadata, replicas: Int(try signedNumber()))
        workload.metadata.name = String(decoding: metadata.name.utf8.dropFirst(kind.utf8.count + 1), as: UTF8.self)
        workload.selector = try textMap()
        workload.templateLabels = try textMap()
        workload.containers = try list { (reader) throws(ObjectCodingError) in try reader.container() }
        return workload
    }

    private mutating func serviceImport(_ metadata: ObjectMetadata) throws(ObjectCodingError) -> ServiceImport {
        let kind = try word(try octet(), in: OctetCodes.importKinds)
        let ips = try addresses()
        let ports = try list { (reader) throws(ObjectCodingError) in try reader.servicePort() }
        return ServiceImport(metadata: metadata, kind: kind, ips: ips, ports: ports)
    }
}
