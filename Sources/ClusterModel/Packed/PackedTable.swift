/// Packed objects in order, in chunks of at most 128, or of as many as there are chunks.
///
/// A write beside a held copy copies one chunk and the list of chunks: about twice the square root of all objects;
/// without a copy every write is in place. Search takes two binary searches.
struct PackedTable: Sendable {
    private static let smallestChunkLimit = 128

    let order: TableOrder
    /// None is empty.
    private var chunks: [[PackedObject]] = []
    private(set) var count = 0

    init(_ order: TableOrder) { self.order = order }

    subscript(key: TableKey) -> PackedObject? {
        let place = place(of: key)
        return place.isPresent ? chunks[place.chunk][place.index] : nil
    }

    /// Adds the object, or puts it in the place of the one with its key; a slice without a key is left out.
    mutating func put(_ object: PackedObject) {
        guard let key = TableKey(object, in: order) else { return }
        let place = place(of: key)
        if place.isPresent {
            chunks[place.chunk][place.index] = object
            return
        }
        count += 1
        if place.chunk == chunks.count { chunks.append([]) }
        chunks[place.chunk].insert(object, at: place.index)
        if chunks[place.chunk].count > chunkLimit { split(place.chunk) }
    }

    mutating func remove(_ key: TableKey) {
        let place = place(of: key)
        guard place.isPresent else { return }
        chunks[place.chunk].remove(at: place.index)
        if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) }
        count -= 1
    }

    /// Both parts of what a write copies grow alike.
    private var chunkLimit: Int { Swift.max(Self.smallestChunkLimit, chunks.count) }

    private mutating func split(_ chunk: Int) {
        let middle = chunks[chunk].count / 2
        chunks.insert(Array(chunks[chunk][middle...]), at: chunk + 1)
        chunks[chunk].removeSubrange(middle...)
    }
}

extension PackedTable {
    private struct Place {
        var chunk: Int
        var index: Int
        /// Whether the object there has the key; else one with the key belongs there.
        var isPresent: Bool
    }

    /// Where `key` is or belongs: in the first chunk whose last object does not come before it.
    private func place(of key: TableKey) -> Place {
        // Lists come in order, so the end is the likeliest place of what is new.
        guard let last = chunks.indices.last, order(of: chunks[last].count - 1, in: last, to: key) >= 0 else {
            return placeBehindAll
        }
        let chunk = Self.first(below: last) { order(of: chunks[$0].count - 1, in: $0, to: key) >= 0 }
        let index = Self.first(below: chunks[chunk].count - 1) { order(of: $0, in: chunk, to: key) >= 0 }
        return Place(chunk: chunk, index: index, isPresent: order(of: index, in: chunk, to: key) == 0)
    }

    /// At the end of the last chunk; behind a full one, so that chunks filled in order stay full.
    private var placeBehindAll: Place {
        guard let last = chunks.last, last.count < chunkLimit else {
            return Place(chunk: chunks.count, index: 0, isPresent: false)
        }
        return Place(chunk: chunks.count - 1, index: last.count, isPresent: false)
    }

    private func order(of index: Int, in chunk: Int, to key: TableKey) -> Int {
        key.order(of: chunks[chunk][index], in: order)
    }

    /// The first number below `limit` for which `isReached` holds, as for all behind it; else `limit`.
    private static func first(below limit: Int, where isReached: (Int) -> Bool) -> Int {
        var (low, high) = (0, limit)
        while low < high {
            let middle = (low + high) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension PackedTable: Sequence {
    func makeIterator() -> some IteratorProtocol<PackedObject> { chunks.lazy.joined().makeIterator() }

    /// Calls `body` with the objects of one of `partCount` parts of about one size, in order.
    func forEach(inPart part: Int, of partCount: Int, _ body: (PackedObject) -> Void) {
        precondition((0..<partCount).contains(part), "there is no such part")
        for chunk in chunks[chunks.count * part / partCount..<chunks.count * (part + 1) / partCount] {
            for object in chunk { body(object) }
        }
    }

    /// The objects whose keys are those of `key` as far as `depth` says, in order.
    func objects(like key: TableKey, _ depth: KeyDepth) -> [PackedObject] {
        let start = place(of: key)
        var objects: [PackedObject] = []
        var passedOver = start.index
        for chunk in chunks.dropFirst(start.chunk) {
            for object in chunk.dropFirst(passedOver) {
                guard key.order(of: object, in: order, depth) == 0 else { return objects }
                objects.append(object)
            }
            passedOver = 0
        }
        return objects
    }
}

extension PackedTable: Equatable {
    static func == (left: PackedTable, right: PackedTable) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }
}
