package import ClusterModel
import Foundation
import GRDB
package import NetworkAddress
import Synchronization

/// The durable registry: what must outlive a restart, in one SQLite file.
///
/// Holds the addresses given to Services, the highest SOA serial, and the last known objects of a Kubernetes API.
/// Where the file cannot be used the same tables are kept in memory, so that serving goes on; the findings of `open`
/// say so. Safe to call from any thread; calls block for the time of a transaction.
package final class RegistryFile: Sendable {
    package let path: String
    /// Another one from the moment a damaged file was set aside.
    private let current: Mutex<DatabaseQueue>
    /// Where the open files lie on the disk; nil in memory.
    let place: Mutex<RegistryFilePlace?>
    /// Marks the objects as written by this server and no other.
    let writer = UUID().uuidString
    let claim = Mutex(Claim(kinds: []))

    /// Whether the objects in the file are this server's.
    struct Claim {
        /// Those that were loaded, and so are kept when the file becomes this server's.
        var kinds: Set<ObjectKind>
        var isHeld = false
    }

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

    init(path: String) throws {
        self.path = path
        current = Mutex(try Self.makeDatabase(path))
        place = Mutex(RegistryFilePlace(path))
    }

    init(inMemoryFor path: String) throws {
        self.path = path
        current = Mutex(try Self.makeDatabase(nil))
        place = Mutex(nil)
    }

    var database: DatabaseQueue { current.withLock { $0 } }

    /// Goes on with the file that is at the path now, or in memory where that cannot be used.
    func reopen() {
        if (try? open()) != nil { return }
        if let next = try? Self.makeDatabase(nil) { use(next, at: nil) }
    }

    /// Goes on with the file that is at the path now; throws where that cannot be used, and then nothing changes.
    func open() throws {
        use(try Self.makeDatabase(path), at: RegistryFilePlace(path))
    }

    private func use(_ next: DatabaseQueue, at newPlace: RegistryFilePlace?) {
        current.withLock { $0 = next }
        place.withLock { $0 = newPlace }
        claim.withLock { $0 = Claim(kinds: []) }
    }

    /// Opens or creates the file, or a database in memory for nil, with the newest schema.
    private static func makeDatabase(_ path: String?) throws -> DatabaseQueue {
        let database: DatabaseQueue
        if let path {
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            database = try DatabaseQueue(path: path, configuration: RegistrySchema.fileConfiguration)
        } else {
            database = try DatabaseQueue(configuration: RegistrySchema.configuration)
        }
        try RegistrySchema.prepare(database)
        return database
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

extension Error {
    /// What went wrong, without the SQL.
    var sentence: String {
        (self as? DatabaseError).map { $0.message ?? "SQLite error \($0.resultCode.rawValue)" } ?? localizedDescription
    }
}
