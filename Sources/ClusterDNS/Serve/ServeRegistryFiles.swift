import Answering
import ClusterFeed
import Synchronization

/// The registry files of the sources in use, each opened once.
final class ServeRegistryFiles: Sendable {
    private let files = Mutex<[RegistrySource: RegistryFile]>([:])

    /// Opens the files of new sources and closes those of others; returns what is wrong with the new ones.
    func open(for sources: Set<RegistrySource>) -> [RegistrySource: [Finding]] {
        files.withLock { files in
            files = files.filter { sources.contains($0.key) }
            var findings: [RegistrySource: [Finding]] = [:]
            for source in sources where files[source] == nil {
                guard let path = source.stateFile else { continue }
                (files[source], findings[source]) = RegistryFile.open(path: path)
            }
            return findings
        }
    }

    subscript(source: RegistrySource) -> RegistryFile? { files.withLock { $0[source] } }

    /// The SOA serials that may have been used already.
    var marks: [RegistrySource: UInt32] {
        files.withLock { files in files.compactMapValues { (try? $0.serial()) ?? nil } }
    }

    /// Stores that serials up to `mark` may be used; a file that cannot be written only loses this at a restart.
    func reserve(_ source: RegistrySource, _ mark: UInt32) {
        try? self[source]?.raiseSerial(to: mark)
    }
}
