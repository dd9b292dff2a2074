import Answering
import ClusterModel
import ClusterZone
import DNSTesting
import DNSWire
import KubernetesProtocol

/// The body of a list or watch: one octet says of what and how written, one how it is cut, the rest is the body.
///
/// Cuts must not matter, and the objects are compiled into a zone.
struct WireDoor: Door {
    static let name = "wire"

    private static let resources: [APIResource] = [
        .services, .endpointSlices, .pods, .namespaces, .configMaps, .secrets, .serviceImports, .services,
    ]
    private static let objectOctetCountMax = 2048

    private let registry: RegistryDefinition

    init() throws { registry = try FuzzRegistry.definition() }

    func take(_ input: RawSpan) throws(Broken) {
        guard input.byteCount > 2 else { return }
        let choice = input.octet(0)
        let cut = 1 + Int(input.octet(1) & 63)
        let body = input.extracting(droppingFirst: 2).array
        let resource = Self.resources[Int(choice & 7)]
        let encoding: ObjectEncoding = choice & 8 == 0 ? .json : .protobuf
        let keeping: KeptFields = choice & 32 == 0 ? .labels : .everything
        if choice & 16 == 0 {
            try list(body, cut, resource, encoding, keeping)
        } else {
            try watch(body, cut, resource, encoding, keeping)
        }
        if choice & 64 != 0 { _ = try? ObjectReader.read(body, encoding, resource, keeping) }
    }

    private func list(
        _ body: [UInt8], _ cut: Int, _ resource: APIResource, _ encoding: ObjectEncoding, _ keeping: KeptFields
    ) throws(Broken) {
        let readers = [body.count, cut].map { size in
            var reader = ListReader.make(encoding, resource, keeping, octetCountMax: Self.objectOctetCountMax)
            var objects: [DecodedObject] = []
            let end = Result { () throws(StreamError) in
                for chunk in Self.chunks(body, size) { objects += try reader.read(chunk.rawSpan) }
                return try reader.finish()
            }
            return (objects, end)
        }
        let (whole, pieces) = (readers[0], readers[1])
        switch (whole.1, pieces.1) {
        case (.success(let left), .success(let right)):
            try require(left == right && whole.0 == pieces.0, "cuts at \(cut) give another list")
            try compile(whole.0)
        case (.failure, .failure): try require(pieces.0.starts(with: whole.0), "cuts at \(cut) give other objects")
        default: throw Broken("a list is read whole or in pieces of \(cut) alone: \(whole.1), \(pieces.1)")
        }
    }

    private func watch(
        _ body: [UInt8], _ cut: Int, _ resource: APIResource, _ encoding: ObjectEncoding, _ keeping: KeptFields
    ) throws(Broken) {
        let outcomes = [body.count, cut].map { size in
            var reader = WatchReader.make(encoding, resource, keeping, octetCountMax: Self.objectOctetCountMax)
            var events: [WatchEvent] = []
            let end = Result { () throws(StreamError) in
                for chunk in Self.chunks(body, size) { events += try reader.read(chunk.rawSpan) }
            }
            return (events, (try? end.get()) != nil)
        }
        let (whole, pieces) = (outcomes[0], outcomes[1])
        try require(whole.1 == pieces.1, "a watch is read whole or in pieces of \(cut) alone")
        try require(
            whole.1 ? whole.0 == pieces.0 : pieces.0.starts(with: whole.0), "cuts at \(cut) give other events")
        try compile(
            pieces.0.compactMap { event in
                switch event {
                case .added(let object), .modified(let object): object
                case .deleted, .bookmark, .error: nil
                }
            })
    }

    private func compile(_ decoded: [DecodedObject]) throws(Broken) {
        let objects = decoded.compactMap { if case .object(let object) = $0.content { object } else { nil } }
        if !objects.isEmpty { _ = FuzzRegistry.zone(registry, objects) }
    }

    private static func chunks(_ body: [UInt8], _ size: Int) -> [[UInt8]] {
        stride(from: 0, to: body.count, by: max(1, size)).map { Array(body[$0..<min(body.count, $0 + size)]) }
    }
}
