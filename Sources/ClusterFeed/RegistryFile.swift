package import ClusterModel
import Foundation
import GRDB
package import NetworkAddress

/// The durable registry: what must outlive a restart, in one SQLite file.
///
/// Holds the addresses given to Services and the highest SOA serial. Where the file cannot be used the same tables
/// are kept in memory, so that serving goes on; the findings of `open` say so. Safe to call from any thread; calls
/// block for the time of a small transaction.
package final class RegistryFile: Sendable {
    package let path: String
    private let database: DatabaseQueue

    /// Opens or creates the file and its directory; a corrupt file is set aside and a new one begun.
    package static func open(path: String) -> (RegistryFile, [Finding]) {
        do {
            return (try RegistryFile(path: path), [])
        } catch let error as DatabaseError where error.isCorruption {
            return rebuilt(path, error)
        } catch {
            return inMemory(path, error)
        }
    }

    /// What a registry file holds, for a command that must not change it; empty where there is none.
    package static func assignments(path: String) -> ([ObjectKey: [IPAddress]], [Finding]) {
        guard FileManager.default.fileExists(atPath: path) else { return ([:], []) }
        do {
            var configuration = RegistrySchema.configuration
            configuration.readonly = true
            let database = try DatabaseQueue(path: path, configuration: configuration)
            return (try database.read(RegistrySchema.assignments), [])
        } catch {
            let message =
                "the registry file cannot be read: \(error.sentence); Services may be shown with "
                + "other addresses than the server gives them; see to its rights, or to the server's log"
            return ([:], [Finding(.warning, file: path, message: message)])
        }
    }

    private init(path: String) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        self.path = path
        database = try DatabaseQueue(path: path, configuration: RegistrySchema.fileConfiguration)
        try RegistrySchema.prepare(database)
    }

    private init(inMemoryFor path: String) throws {
        self.path = path
        database = try DatabaseQueue(configuration: RegistrySchema.configuration)
        try RegistrySchema.prepare(database)
    }

    /// Every Service that was given addresses, primary first.
    package func loadAssignments() throws -> [ObjectKey: [IPAddress]] {
        try database.read(RegistrySchema.assignments)
    }

    /// Makes the file hold exactly `assignments`, in one transaction; throws where it cannot be written.
    package func save(assignments: [ObjectKey: [IPAddress]]) throws {
        try database.write { try RegistrySchema.save(assignments, $0) }
    }

    /// The highest SOA serial ever published; nil in a new file.
    package func serial() throws -> UInt32? {
        try database.read { try RegistrySchema.meta("serial", $0).flatMap { UInt32($0) } }
    }

    /// Raises the mark to `serial` in serial number arithmetic (RFC 1982 §3.2); a lower one changes nothing.
    package func raiseSerial(to serial: UInt32) throws {
        try database.write { database in
            let old = try RegistrySchema.meta("serial", database).flatMap { UInt32($0) }
            if let old, Int32(bitPattern: serial &- old) <= 0 { return }
            try RegistrySchema.setMeta("serial", "\(serial)", database)
        }
    }
}

extension RegistryFile {
    private static func rebuilt(_ path: String, _ error: DatabaseError) -> (RegistryFile, [Finding]) {
        let aside = "\(path).corrupt-\(Int(Date().timeIntervalSince1970))"
        do {
            try FileManager.default.moveItem(atPath: path, toPath: aside)
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            let message =
                "the registry file is damaged (\(error.sentence)); it was set aside as \(aside) and begun "
                + "anew, so Services without clusterIP may get other addresses; restore a copy to keep the old ones"
            return (try RegistryFile(path: path), [Finding(.error, file: path, message: message)])
        } catch {
            return inMemory(path, error)
        }
    }

    private static func inMemory(_ path: String, _ error: any Error) -> (RegistryFile, [Finding]) {
        let message =
            "the registry file cannot be used: \(error.sentence); serving goes on without it, and addresses "
            + "given to Services may change with the next restart; make its directory writable, or name another file"
        guard let file = try? RegistryFile(inMemoryFor: path) else {
            preconditionFailure("SQLite cannot open a database in memory")
        }
        let (known, _) = assignments(path: path)
        try? file.save(assignments: known)
        return (file, [Finding(.error, file: path, message: message)])
    }
}

extension DatabaseError {
    fileprivate var isCorruption: Bool {
        [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode)
    }
}

extension Error {
    /// What went wrong, without the SQL.
    var sentence: String {
        (self as? DatabaseError).map { $0.message ?? "SQLite error \($0.resultCode.rawValue)" } ?? localizedDescription
    }
}
