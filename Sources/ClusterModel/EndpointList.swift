/// The endpoints of one slice in their order, packed: an immutable value, cheap to copy.
///
/// An endpoint with one IPv4 address takes 5 octets, with the Pod behind it 8 and the Pod's name. Iterating makes each `Endpoint`
/// anew; `packed` reads them in place. Lists are equal where their endpoints are.
package struct EndpointList: Hashable, Sendable {
    /// May be a part of the octets of a whole slice.
    let octets: ArraySlice<UInt8>
    /// How many endpoints there are; O(1).
    package let count: Int

    /// Packs `endpoints`.
    package init(_ endpoints: some Sequence<Endpoint>) {
        var builder = EndpointListBuilder()
        for endpoint in endpoints { builder.append(endpoint) }
        self = builder.list
    }

    /// Takes `count` endpoints that are known to be well formed.
    init(octets: ArraySlice<UInt8>, count: Int) {
        self.octets = octets
        self.count = count
    }

    /// Checks every endpoint, and that there is nothing behind the last.
    init(checking octets: ArraySlice<UInt8>, count: Int) throws(ObjectCodingError) {
        var reader = OctetReader(octets)
        for _ in 0..<count { _ = try EndpointLayout(&reader) }
        try reader.end()
        self.init(octets: octets, count: count)
    }

    /// The endpoints read in place, without allocation.
    package var packed: PackedEndpoints { PackedEndpoints(octets: octets) }
}

extension EndpointList: Collection {
    /// The place of an endpoint; O(1) to keep, one endpoint to advance.
    package struct Index: Comparable, Sendable {
        fileprivate let place: Int

        package static func < (left: Index, right: Index) -> Bool { left.place < right.place }
    }

    package var isEmpty: Bool { count == 0 }
    package var underestimatedCount: Int { count }
    package var startIndex: Index { Index(place: octets.startIndex) }
    package var endIndex: Index { Index(place: octets.endIndex) }

    package func index(after index: Index) -> Index {
        var reader = OctetReader(octets, at: index.place)
        _ = checked { () throws(ObjectCodingError) in try EndpointLayout(&reader) }
        return Index(place: reader.place)
    }

    package subscript(index: Index) -> Endpoint {
        var reader = OctetReader(octets, at: index.place)
        return checked { () throws(ObjectCodingError) in PackedEndpoint(octets, try EndpointLayout(&reader)).endpoint }
    }

    package func makeIterator() -> some IteratorProtocol<Endpoint> { packed.lazy.map(\.endpoint).makeIterator() }
}

extension EndpointList: ExpressibleByArrayLiteral {
    package init(arrayLiteral endpoints: Endpoint...) { self.init(endpoints) }
}

/// The endpoints of a list as they lie in memory.
package struct PackedEndpoints: Sequence, Sendable {
    fileprivate let octets: ArraySlice<UInt8>

    package func makeIterator() -> Iterator { Iterator(reader: OctetReader(octets)) }

    package struct Iterator: IteratorProtocol {
        fileprivate var reader: OctetReader

        package mutating func next() -> PackedEndpoint? {
            guard !reader.isAtEnd else { return nil }
            let layout = checked { () throws(ObjectCodingError) in try EndpointLayout(&reader) }
            return PackedEndpoint(reader.octets, layout)
        }
    }
}
