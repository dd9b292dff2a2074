/// What a table is ordered by: up to three texts, compared one after the other by their octets.
struct TableKey {
    /// Of a packed object, or of the texts alone.
    private let octets: [UInt8]
    private let places: KeyPlaces

    /// A key to search for.
    init(_ key: ObjectKey) {
        octets = Array(key.namespace.utf8) + Array(key.name.utf8)
        let length = key.namespace.utf8.count
        places = KeyPlaces(namespace: 0..<length, name: length..<octets.count, part: 0..<0)
    }

    /// The key by which a table in `order` has the object; nil for a slice that belongs to nothing of the kind.
    init?(_ packed: PackedObject, in order: TableOrder) {
        guard let places = KeyPlaces(packed.octets.span, in: order) else { return nil }
        octets = packed.octets
        self.places = places
    }

    /// Without the third text.
    var objectKey: ObjectKey {
        ObjectKey(
            namespace: String(decoding: octets[places.namespace], as: UTF8.self),
            name: String(decoding: octets[places.name], as: UTF8.self))
    }

    /// Below, at or above 0 where the object comes before, has, or comes after this key; above for one without key.
    func order(of object: PackedObject, in order: TableOrder, _ depth: KeyDepth = .part) -> Int {
        let (own, packed) = (octets.span, object.octets.span)
        guard let other = KeyPlaces(packed, in: order) else { return 1 }
        let namespaces = Self.order(packed.extracting(other.namespace), own.extracting(places.namespace))
        if namespaces != 0 || depth == .namespace { return namespaces }
        let names = Self.order(packed.extracting(other.name), own.extracting(places.name))
        if names != 0 || depth == .name { return names }
        return Self.order(packed.extracting(other.part), own.extracting(places.part))
    }

    private static func order(_ left: borrowing Span<UInt8>, _ right: borrowing Span<UInt8>) -> Int {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return Int(left[index]) - Int(right[index])
        }
        return left.count - right.count
    }
}

extension TableKey: Equatable {
    static func == (left: TableKey, right: TableKey) -> Bool {
        let (own, others) = (left.octets.span, right.octets.span)
        return order(own.extracting(left.places.namespace), others.extracting(right.places.namespace)) == 0
            && order(own.extracting(left.places.name), others.extracting(right.places.name)) == 0
            && order(own.extracting(left.places.part), others.extracting(right.places.part)) == 0
    }
}

/// By how many of its texts a key is compared.
enum KeyDepth { case namespace, name, part }

/// What decides where an object is in a table.
enum TableOrder: Sendable {
    /// The objects' own keys.
    case key
    /// Slices: what they belong to, then their names.
    case service
    case serviceImport
}

/// Where the texts of a key are in the octets of a packed object.
private struct KeyPlaces {
    var namespace: Range<Int>
    var name: Range<Int>
    /// Tells apart what has the same name: the slices of one Service; else empty.
    var part: Range<Int>

    init(namespace: Range<Int>, name: Range<Int>, part: Range<Int>) {
        (self.namespace, self.name, self.part) = (namespace, name, part)
    }

    /// nil for a slice that belongs to nothing of the kind asked for.
    init?(_ octets: borrowing Span<UInt8>, in order: TableOrder) {
        // The octets were checked when they were packed, so nothing here can be out of bounds.
        var place = octets.text(at: 1).upperBound
        namespace = octets.text(at: place)
        name = octets.text(at: namespace.upperBound)
        part = 0..<0
        if order == .key { return }
        let fields = MetadataFields(rawValue: octets[name.upperBound])
        guard fields.contains(order == .service ? .service : .serviceImport) else { return nil }
        place = name.upperBound + 1
        if order == .serviceImport, fields.contains(.service) { place = octets.text(at: place).upperBound }
        (name, part) = (octets.text(at: place), name)
    }
}

extension Span<UInt8> {
    /// The place of a text or of other octets whose count is written at `place`.
    fileprivate func text(at place: Int) -> Range<Int> {
        var place = place
        var count = 0
        var shift = 0
        while self[place] >= 0x80 {
            count |= Int(self[place] & 0x7F) << shift
            shift += 7
            place += 1
        }
        count |= Int(self[place]) << shift
        return place + 1..<place + 1 + count
    }
}
