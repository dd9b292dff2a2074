import ClusterModel

/// One manifest file as it counts now: what its text gives, and what is kept from before where the text is refused.
struct ManifestFile: Hashable, Sendable {
    /// nil where the file could not be read, so that it is read again at the next look.
    var signature: FileSignature?
    var entries: [ManifestEntry] = []
    var findings: [Finding] = []

    /// In the order written.
    var objects: [ClusterObject] { entries.flatMap { $0.objects ?? [] } }

    /// Reads the file; objects that cannot be read now stay as `previous` has them.
    ///
    /// So do all where the file is suddenly empty: whoever writes it anew has cut it and not begun yet. nil where the file
    /// is gone. Unchanged files are not read again unless `isForced`: two writes within a tick of
    /// the file system's clock look the same to `stat`.
    static func read(_ path: String, previous: ManifestFile?, isForced: Bool = false) -> ManifestFile? {
        switch ManifestFileReader.read(path, unless: isForced ? nil : previous?.signature) {
        case .gone: return nil
        case .unchanged: return previous
        case .failed(let finding): return (previous ?? ManifestFile()).keeping(finding)
        case .octets(let octets, _) where octets.isEmpty && previous?.entries.isEmpty == false:
            return previous?.keeping(emptied(path))
        case .octets(let octets, let signature):
            var file = ManifestFile(signature: signature)
            file.take(ManifestDecoder.decode(octets, file: path), previous: previous)
            return file
        }
    }

    private mutating func take(_ manifest: DecodedManifest, previous: ManifestFile?) {
        findings = manifest.findings
        entries = manifest.entries
        guard let previous else { return }
        if manifest.isRefused {
            entries = previous.entries
        } else {
            for index in entries.indices where entries[index].objects == nil { keepLastGood(at: index, previous) }
        }
    }

    private mutating func keepLastGood(at index: Int, _ previous: ManifestFile) {
        guard let identity = entries[index].identity else { return }
        entries[index].objects = previous.entries.first { $0.identity == identity }?.objects
    }

    private static func emptied(_ path: String) -> Finding {
        Finding(
            .error, file: path,
            message: "the file is empty now; its last objects stay: write them again, or remove the file")
    }

    private func keeping(_ finding: Finding) -> ManifestFile {
        var file = self
        file.signature = nil
        file.findings = [finding]
        return file
    }
}
