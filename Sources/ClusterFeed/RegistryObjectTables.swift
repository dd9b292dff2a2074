import ClusterModel
import Foundation
import GRDB

/// The statements on the tables `object` and `resource` of the registry file.
enum RegistryObjectTables {
    /// The key in `meta` of the server that writes the objects: two would each miss what the other changed.
    private static let writerKey = "writer"

    /// A row that makes no sense counts as not there: its kind is listed anew.
    static func resources(_ database: Database) throws -> [ObjectKind: StoredResource] {
        var resources: [ObjectKind: StoredResource] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT kind, fingerprint, version, saved FROM resource")
        while let row = try rows.next() {
            guard let name = try? row.decode(String.self, atIndex: 0), let kind = ObjectKind(rawValue: name),
                let fingerprint = try? row.decode(String.self, atIndex: 1),
                let version = try? row.decode(String.self, atIndex: 2),
                let saved = try? row.decode(Int64.self, atIndex: 3), saved >= 0
            else { continue }
            resources[kind] = StoredResource(fingerprint: fingerprint, resourceVersion: version, savedTime: saved)
        }
        return resources
    }

    /// The objects of a kind in key order; throws `ObjectCodingError` where one is none.
    static func objects(of kind: ObjectKind, _ database: Database) throws -> [PackedObject] {
        var objects: [[UInt8]] = []
        let rows = try Data.fetchCursor(
            database, sql: "SELECT octets FROM object WHERE kind = ? ORDER BY namespace, name",
            arguments: [kind.rawValue])
        while let octets = try rows.next() { objects.append([UInt8](octets)) }
        return try PackedObject.all(octets: objects)
    }

    /// Makes this server the one that writes objects.
    static func claim(_ writer: String, _ database: Database) throws {
        try RegistrySchema.setMeta(writerKey, writer, database)
    }

    static func isClaimed(by writer: String, _ database: Database) throws -> Bool {
        try RegistrySchema.meta(writerKey, database) == writer
    }

    /// Removes the kinds that `isKept` does not want, versions and objects together.
    static func drop(_ database: Database, unless isKept: (ObjectKind) -> Bool) throws {
        let sql = "SELECT kind FROM resource UNION SELECT DISTINCT kind FROM object"
        for kind in try String.fetchAll(database, sql: sql) where !(ObjectKind(rawValue: kind).map(isKept) ?? false) {
            try database.execute(
                sql: "DELETE FROM resource WHERE kind = :kind; DELETE FROM object WHERE kind = :kind",
                arguments: ["kind": kind])
        }
    }

    /// Writes what is new in `image`.
    static func save(_ image: RegistryImage, _ database: Database) throws {
        for kind in image.swept { try sweep(kind, keeping: image.snapshot, database) }
        for (kind, keys) in image.changed { try save(kind, keys, of: image.snapshot, database) }
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO resource (kind, fingerprint, version, saved) VALUES (?, ?, ?, ?)")
        for (kind, resource) in image.resources {
            try statement.execute(arguments: [
                kind.rawValue, resource.fingerprint, resource.resourceVersion, resource.savedTime,
            ])
        }
    }

    private static func save(
        _ kind: ObjectKind, _ keys: Set<ObjectKey>, of snapshot: ClusterSnapshot, _ database: Database
    ) throws {
        // An object that a fresh list gave again unchanged costs a comparison and no write.
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO object (kind, namespace, name, octets) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET octets = excluded.octets WHERE octets IS NOT excluded.octets
                """)
        for key in keys.sorted() {
            guard let object = snapshot.packed(kind, key) else {
                try delete(kind, key, database)
                continue
            }
            try insert.execute(arguments: [kind.rawValue, key.namespace, key.name, Data(object.octets)])
        }
    }

    private static func sweep(_ kind: ObjectKind, keeping snapshot: ClusterSnapshot, _ database: Database) throws {
        var gone: [ObjectKey] = []
        let rows = try Row.fetchCursor(
            database, sql: "SELECT namespace, name FROM object WHERE kind = ?", arguments: [kind.rawValue])
        while let row = try rows.next() {
            let key = ObjectKey(
                namespace: try row.decode(String.self, atIndex: 0), name: try row.decode(String.self, atIndex: 1))
            if snapshot.packed(kind, key) == nil { gone.append(key) }
        }
        for key in gone { try delete(kind, key, database) }
    }

    private static func delete(_ kind: ObjectKind, _ key: ObjectKey, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "DELETE FROM object WHERE kind = ? AND namespace = ? AND name = ?")
        try statement.execute(arguments: [kind.rawValue, key.namespace, key.name])
    }
}
