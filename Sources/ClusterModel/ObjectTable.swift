/// A dictionary cut into shards, so that a write beside a held copy copies one shard and not the whole table.
///
/// Reads and writes are those of a dictionary. After a copy was taken, the first write to a shard costs
/// `count / 256` entries; without a copy every write is in place. The order of iteration has no meaning.
package struct ObjectTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private static var shardBits: Int { 8 }

    private var shards: [[Key: Value]]
    package private(set) var count = 0

    package init() { shards = Array(repeating: [:], count: 1 << Self.shardBits) }

    package init(_ pairs: some Sequence<(Key, Value)>) {
        self.init()
        for (key, value) in pairs { self[key] = value }
    }

    package var isEmpty: Bool { count == 0 }

    /// The value of `key`; assigning nil removes it.
    package subscript(key: Key) -> Value? {
        get { shards[Self.shard(of: key)][key] }
        set {
            let old =
                if let newValue {
                    shards[Self.shard(of: key)].updateValue(newValue, forKey: key)
                } else {
                    shards[Self.shard(of: key)].removeValue(forKey: key)
                }
            count += (newValue == nil ? 0 : 1) - (old == nil ? 0 : 1)
        }
    }

    /// Changes the value of `key` in place and drops the entry when `body` leaves nil.
    package mutating func update(_ key: Key, _ body: (inout Value?) -> Void) {
        let shard = Self.shard(of: key)
        let before = shards[shard].count
        body(&shards[shard][key])
        count += shards[shard].count - before
    }

    package var keys: some Sequence<Key> { shards.lazy.flatMap(\.keys) }
    package var values: some Sequence<Value> { shards.lazy.flatMap(\.values) }

    /// The top bits of the hash: a dictionary finds its buckets by the low ones.
    private static func shard(of key: Key) -> Int {
        Int(UInt(bitPattern: key.hashValue) >> UInt(UInt.bitWidth - shardBits))
    }
}

extension ObjectTable: Sequence {
    package func makeIterator() -> some IteratorProtocol<(key: Key, value: Value)> {
        shards.lazy.flatMap { $0 }.makeIterator()
    }
}

extension ObjectTable: Equatable where Value: Equatable {}

extension ObjectTable: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Key, Value)...) { self.init(elements) }
}
