package import NetworkAddress

/// One endpoint of a list, read in place: what the zone asks of it costs no allocation.
package struct PackedEndpoint: Sendable {
    private let octets: ArraySlice<UInt8>
    private let layout: EndpointLayout

    init(_ octets: ArraySlice<UInt8>, _ layout: EndpointLayout) {
        self.octets = octets
        self.layout = layout
    }

    /// Whether DNS answers with this endpoint: `ready` is true or absent.
    package var isPublished: Bool { ready ?? true }

    package var ready: Bool? { condition(EndpointLayout.Head.ready) }
    package var serving: Bool? { condition(EndpointLayout.Head.serving) }
    package var terminating: Bool? { condition(EndpointLayout.Head.terminating) }

    /// The first label of the endpoint's own name, as UTF-8; empty where it has none.
    package var hostname: ArraySlice<UInt8> { octets[layout.hostname] }
    /// The name of the Pod or whatever else is behind the endpoint, as UTF-8; empty where nothing is named.
    package var targetName: ArraySlice<UInt8> { octets[layout.targetName] }

    package var addresses: PackedAddresses {
        PackedAddresses(octets[layout.addresses], isSingle: layout.head & EndpointLayout.Head.isSingleIPv4 != 0)
    }

    private func condition(_ shift: UInt8) -> Bool? {
        switch layout.head >> shift & 0b11 {
        case 0: nil
        case 1: false
        default: true
        }
    }
}

extension PackedEndpoint {
    /// The endpoint as a value of its own.
    package var endpoint: Endpoint {
        Endpoint(
            addresses: Array(addresses), hostNames: hostNames, ready: ready, serving: serving,
            terminating: terminating, hostname: text(layout.hostname), nodeName: text(layout.nodeName), target: target)
    }

    private var target: TargetReference? {
        guard layout.fields.contains(.target) else { return nil }
        return TargetReference(
            kind: layout.fields.contains(.isPod) ? "Pod" : text(layout.targetKind),
            namespace: text(layout.targetNamespace), name: text(layout.targetName))
    }

    private var hostNames: [String] {
        guard !layout.hostNames.isEmpty else { return [] }
        var reader = OctetReader(octets[layout.hostNames])
        return checked { () throws(ObjectCodingError) in try reader.texts() }
    }

    private func text(_ place: Range<Int>) -> String { String(decoding: octets[place], as: UTF8.self) }
}

/// The addresses of one packed endpoint, in order.
package struct PackedAddresses: Sequence, Sendable {
    private let octets: ArraySlice<UInt8>
    private let isSingle: Bool

    init(_ octets: ArraySlice<UInt8>, isSingle: Bool) {
        self.octets = octets
        self.isSingle = isSingle
    }

    package var isEmpty: Bool { octets.isEmpty }
    package var underestimatedCount: Int { isSingle ? 1 : 0 }

    package func makeIterator() -> Iterator { Iterator(octets, isSingle: isSingle) }

    package struct Iterator: IteratorProtocol {
        private var reader: OctetReader
        private let isSingle: Bool

        init(_ octets: ArraySlice<UInt8>, isSingle: Bool) {
            reader = OctetReader(octets)
            self.isSingle = isSingle
            if !isSingle, !octets.isEmpty { _ = checked { () throws(ObjectCodingError) in try reader.count() } }
        }

        package mutating func next() -> IPAddress? {
            guard !reader.isAtEnd else { return nil }
            return checked { () throws(ObjectCodingError) in
                isSingle ? IPAddress(packed: reader.octets[try reader.skip(4)]) : try reader.address()
            }
        }
    }
}

/// Reads octets that were checked as a whole when they came in.
func checked<Value>(_ read: () throws(ObjectCodingError) -> Value) -> Value {
    do {
        return try read()
    } catch {
        preconditionFailure("octets are packed only after they were checked: \(error)")
    }
}
