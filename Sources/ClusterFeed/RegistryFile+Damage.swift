import Foundation
import GRDB
import Synchronization

/// What becomes of a registry file that is damaged or cannot be used.
extension RegistryFile {
    /// Sets a damaged file aside and begins a new one.
    static func rebuilt(_ path: String, _ error: DatabaseError) -> (RegistryFile, [Finding]) {
        do {
            let aside = try moveAside(path)
            return (try RegistryFile(path: path), [damaged(path, error, aside)])
        } catch {
            return inMemory(path, error)
        }
    }

    /// Keeps the tables in memory, with what the file can still tell.
    static func inMemory(_ path: String, _ error: any Error) -> (RegistryFile, [Finding]) {
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

    /// Sets the open file aside if it is damaged, and goes on with a new one that has its addresses and serial.
    func setAside(_ error: any Error) -> Finding {
        guard let error = error as? DatabaseError, error.isCorruption else {
            let message =
                "the objects in the registry file cannot be read: \(error.sentence); they are read from the "
                + "Kubernetes API again; see to the file's rights and its disk"
            return Finding(.error, file: path, message: message)
        }
        let assignments = (try? loadAssignments()) ?? [:]
        let serial = (try? self.serial()) ?? nil
        try? database.close()
        let aside = try? Self.moveAside(path)
        reopen()
        try? save(assignments: assignments)
        if let serial { try? raiseSerial(to: serial) }
        return Self.damaged(path, error, aside ?? path)
    }

    /// Sets the open file aside if `error` says that it is damaged, and begins a new one that lacks the objects; else nil.
    func renewIfDamaged(_ error: any Error) -> Finding? {
        guard (error as? DatabaseError)?.isCorruption == true else { return nil }
        return setAside(error)
    }

    /// Begins a new file where the open one is no longer at its path: SQLite would write on to one that nobody can open.
    ///
    /// The new one has the addresses and the serial, and lacks the objects. Throws where no file can be made.
    func renewIfMoved() throws -> Finding? {
        guard let place = place.withLock(\.self), place != RegistryFilePlace(path) else { return nil }
        let assignments = (try? loadAssignments()) ?? [:]
        let serial = (try? self.serial()) ?? nil
        // Closed first: connections of one process share the index of the log.
        try? database.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try open()
        try save(assignments: assignments)
        if let serial { try raiseSerial(to: serial) }
        let message =
            "the registry file was moved, removed or replaced while it was in use; it was begun anew with all that is "
            + "known; stop the server before doing so"
        return Finding(.warning, file: path, message: message)
    }

    private static func moveAside(_ path: String) throws -> String {
        let aside = "\(path).corrupt-\(Int(Date().timeIntervalSince1970))"
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        return aside
    }

    private static func damaged(_ path: String, _ error: DatabaseError, _ aside: String) -> Finding {
        let message =
            "the registry file is damaged (\(error.sentence)); it was set aside as \(aside) and begun anew, so the "
            + "last known objects are lost and Services of manifests may get other addresses; restore a copy to keep them"
        return Finding(.error, file: path, message: message)
    }
}

/// Which files lie at the path of a database and of its write-ahead log.
struct RegistryFilePlace: Hashable, Sendable {
    private struct Identity: Hashable {
        var device: UInt
        var inode: UInt

        init?(_ path: String) {
            guard let signature = (try? FileCalls.status(path))?.signature else { return nil }
            (device, inode) = (signature.device, signature.inode)
        }
    }

    private let database: Identity?
    private let log: Identity?

    init(_ path: String) {
        database = Identity(path)
        log = Identity(path + "-wal")
    }
}

extension DatabaseError {
    var isCorruption: Bool { [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode) }
}
