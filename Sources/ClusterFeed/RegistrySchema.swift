import ClusterModel
import GRDB
import NetworkAddress

/// The tables of the registry file and the statements on them; a later version adds a migration, never edits one.
enum RegistrySchema {
    /// Small caches: the file is read once and written seldom.
    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -128; PRAGMA mmap_size = 0; PRAGMA temp_store = FILE")
        }
        return configuration
    }

    static var fileConfiguration: Configuration {
        var configuration = configuration
        configuration.journalMode = .wal
        return configuration
    }

    /// Checks the file and brings it to the newest schema; throws for a file of a newer program too.
    ///
    /// The tables of objects may be large and are checked as they are read.
    static func prepare(_ database: DatabaseQueue) throws {
        try database.read { database in
            for table in ["service_address", "meta"] where try database.tableExists(table) {
                let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(\(table))")
                guard verdict == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: verdict) }
            }
            if try migrator.hasBeenSuperseded(database) {
                throw DatabaseError(resultCode: .SQLITE_MISMATCH, message: "it was written by a newer version")
            }
        }
        try migrator.migrate(database)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 addresses and meta") { database in
            try database.execute(
                sql: """
                    CREATE TABLE service_address (
                        namespace TEXT NOT NULL, name TEXT NOT NULL, addresses TEXT NOT NULL,
                        PRIMARY KEY (namespace, name)) WITHOUT ROWID;
                    CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2 objects and resources") { database in
            try database.execute(
                sql: """
                    CREATE TABLE object (
                        kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, octets BLOB NOT NULL,
                        PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID;
                    CREATE TABLE resource (
                        kind TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, version TEXT NOT NULL,
                        saved INTEGER NOT NULL) WITHOUT ROWID;
                    """)
        }
        return migrator
    }

    /// Rows whose addresses cannot be read are left out: those Services are given others.
    static func assignments(_ database: Database) throws -> [ObjectKey: [IPAddress]] {
        var assignments: [ObjectKey: [IPAddress]] = [:]
        for (key, text) in try rows(database) {
            let addresses = text.split(separator: " ").compactMap { IPAddress($0) }
            if !addresses.isEmpty { assignments[key] = addresses }
        }
        return assignments
    }

    static func save(_ assignments: [ObjectKey: [IPAddress]], _ database: Database) throws {
        let old = try rows(database)
        for key in old.keys where assignments[key] == nil {
            try database.execute(
                sql: "DELETE FROM service_address WHERE namespace = ? AND name = ?",
                arguments: [key.namespace, key.name])
        }
        for (key, addresses) in assignments {
            let text = addresses.map(\.description).joined(separator: " ")
            if old[key] == text { continue }
            try database.execute(
                sql: "INSERT OR REPLACE INTO service_address (namespace, name, addresses) VALUES (?, ?, ?)",
                arguments: [key.namespace, key.name, text])
        }
    }

    static func meta(_ key: String, _ database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }

    static func setMeta(_ key: String, _ value: String, _ database: Database) throws {
        try database.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", arguments: [key, value])
    }

    private static func rows(_ database: Database) throws -> [ObjectKey: String] {
        var rows: [ObjectKey: String] = [:]
        let cursor = try Row.fetchCursor(database, sql: "SELECT namespace, name, addresses FROM service_address")
        while let row = try cursor.next() {
            let key = ObjectKey(
                namespace: try row.decode(String.self, atIndex: 0), name: try row.decode(String.self, atIndex: 1))
            rows[key] = try row.decode(String.self, atIndex: 2)
        }
        return rows
    }
}
