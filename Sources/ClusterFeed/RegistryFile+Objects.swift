package import ClusterModel
import Foundation
import GRDB
import Synchronization

/// The last known objects of a Kubernetes API, and where its watches go on.
extension RegistryFile {
    /// Reads the objects of the kinds in `fingerprints`, each with what it would be read from now.
    ///
    /// The first `save` drops all others, so that no registry shows the objects of another. A kind of which an object
    /// cannot be read counts as empty, and a file that is damaged is set aside; the findings say so.
    package func loadObjects(_ fingerprints: [ObjectKind: String]) -> StoredRegistry {
        let stored: StoredRegistry
        do { stored = try read(fingerprints) } catch { stored = StoredRegistry(findings: [setAside(error)]) }
        claim.withLock { $0 = Claim(kinds: Set(stored.resources.keys)) }
        return stored
    }

    /// Writes what is new in `image` in one transaction, so that no version is ever ahead of its objects.
    ///
    /// Throws where the file cannot be written, and then nothing of it is. Returns false where another server has
    /// written the file since this one did: its objects are left alone.
    package func save(_ image: RegistryImage) throws -> Bool {
        let claim = claim.withLock { $0 }
        let isSaved = try database.write { database in
            if claim.isHeld {
                guard try RegistryObjectTables.isClaimed(by: writer, database) else { return false }
            } else {
                try RegistryObjectTables.claim(writer, database)
                try RegistryObjectTables.drop(database) { claim.kinds.contains($0) }
            }
            try RegistryObjectTables.save(image, database)
            return true
        }
        self.claim.withLock { $0.isHeld = isSaved }
        return isSaved
    }

    private func read(_ fingerprints: [ObjectKind: String]) throws -> StoredRegistry {
        try database.read { database in
            var stored = StoredRegistry()
            for (kind, resource) in try RegistryObjectTables.resources(database)
            where resource.fingerprint == fingerprints[kind] {
                do {
                    stored.objects += try RegistryObjectTables.objects(of: kind, database)
                    stored.resources[kind] = resource
                } catch let error as ObjectCodingError {
                    stored.findings.append(Finding(.warning, file: path, message: Self.unreadable(kind, error)))
                }
            }
            return stored
        }
    }

    private static func unreadable(_ kind: ObjectKind, _ error: ObjectCodingError) -> String {
        "a stored \(kind.rawValue) cannot be read (\(error.reason.rawValue)); all of its kind are read from the "
            + "Kubernetes API again; nothing has to be done"
    }
}
