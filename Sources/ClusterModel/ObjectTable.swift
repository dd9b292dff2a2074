/// The objects of one kind by their keys: packed, in key order, and made anew with each look.
///
/// A write beside a held copy copies a small part. Keys are in the order of their UTF-8.
package struct ObjectTable<Key: ObjectTableKey, Value: RegistryObject>: Sendable, Equatable {
    private let packed: PackedTable

    init(_ packed: PackedTable) { self.packed = packed }

    package var count: Int { packed.count }
    package var isEmpty: Bool { count == 0 }

    package subscript(key: Key) -> Value? { packed[TableKey(key.objectKey)].flatMap { Value($0.object) } }

    package var keys: some Sequence<Key> { packed.lazy.map { Key($0.key) } }
    package var values: some Sequence<Value> { packed.lazy.compactMap { Value($0.object) } }

    /// The objects of one namespace, in name order; costs as many as there are.
    package func values(inNamespace namespace: String) -> [Value] {
        packed(inNamespace: namespace).compactMap { Value($0.object) }
    }

    package func keys(inNamespace namespace: String) -> [Key] { packed(inNamespace: namespace).map { Key($0.key) } }

    private func packed(inNamespace namespace: String) -> [PackedObject] {
        packed.objects(like: TableKey(ObjectKey(namespace: namespace, name: "")), .namespace)
    }
}

extension ObjectTable: Sequence {
    package func makeIterator() -> some IteratorProtocol<(key: Key, value: Value)> {
        packed.lazy.compactMap { packed in Value(packed.object).map { (key: Key(packed.key), value: $0) } }
            .makeIterator()
    }
}
