import Dispatch
import Synchronization

/// One object in its octets, which are known to be well formed: what the registry's tables hold.
///
/// A copy shares the octets. Two are equal where all their octets are; `hasSameContent` leaves the origin out.
package struct PackedObject: Hashable, Sendable {
    /// As `ClusterObject.encode` makes them.
    package let octets: [UInt8]

    package init(_ object: ClusterObject) { octets = object.encode() }

    /// Takes what a registry file held; throws where it is no object.
    package init(octets: [UInt8]) throws(ObjectCodingError) {
        _ = try ClusterObject(octets: octets)
        self.octets = octets
    }

    /// Takes octets that were checked.
    fileprivate init(checked octets: [UInt8]) { self.octets = octets }

    /// The object itself, made anew with each call; the endpoints of a slice share these octets.
    package var object: ClusterObject {
        checked { () throws(ObjectCodingError) in try ClusterObject(octets: octets) }
    }

    package var kind: ObjectKind {
        var reader = OctetReader(octets[...])
        return checked { () throws(ObjectCodingError) in
            try reader.word(try reader.octet() & 0x0F, in: OctetCodes.kinds)
        }
    }

    /// The key in the store's tables: a Namespace is in no namespace, a Workload's name has its kind.
    package var key: ObjectKey { tableKey.objectKey }

    var tableKey: TableKey {
        guard let key = TableKey(self, in: .key) else { preconditionFailure("every object has a key") }
        return key
    }

    /// Whether all but resource version and source place is the same.
    package func hasSameContent(as other: PackedObject) -> Bool { content == other.content }

    /// What is behind the kind and the origin.
    private var content: ArraySlice<UInt8> {
        var reader = OctetReader(octets[...])
        return checked { () throws(ObjectCodingError) in
            _ = try reader.octet()
            _ = try reader.skip(try reader.count())
            return reader.rest
        }
    }
}

extension PackedObject {
    /// Large lists are checked in so many parts, on as many cores as there are.
    private static let partCountMax = 4
    private static let objectsPerPart = 2000

    /// Takes what a registry file held; throws where one is no object.
    package static func all(octets: [[UInt8]]) throws(ObjectCodingError) -> [PackedObject] {
        let partCount = max(1, min(partCountMax, octets.count / objectsPerPart))
        let fault = Mutex<ObjectCodingError?>(nil)
        DispatchQueue.concurrentPerform(iterations: partCount) { part in
            for object in octets[octets.count * part / partCount..<octets.count * (part + 1) / partCount] {
                do throws(ObjectCodingError) {
                    _ = try ClusterObject(octets: object)
                } catch {
                    return fault.withLock { $0 = error }
                }
            }
        }
        if let fault = fault.withLock({ $0 }) { throw fault }
        return octets.map { PackedObject(checked: $0) }
    }
}
