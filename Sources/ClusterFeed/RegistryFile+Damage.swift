import Foundation
import GRDB

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

extension DatabaseError {
    var isCorruption: Bool { [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode) }
}
