package import ClusterModel

/// The objects of a manifest tree, and how they change as its files do.
///
/// A pure value over the file system: it reads when told to and never watches. Files that did not change are not
/// read again; a file or object that cannot be read keeps its last good state.
package struct ManifestDirectory: Sendable {
    package let root: String
    private(set) var listing: DirectoryListing?
    private var files: [String: ManifestFile] = [:]
    /// The files with findings, so that a look does not go through all.
    private var noted = Set<String>()
    private var table = ObjectTableau()

    /// `root` need not exist yet.
    package init(root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    /// Everything wrong now, in path order.
    package var findings: [Finding] {
        let ofFiles = noted.flatMap { files[$0]?.findings ?? [] }
        return ((listing?.findings ?? []) + ofFiles + table.duplicates()).sorted()
    }

    /// True while a file or directory is refused or unreadable: objects may be missing that nobody removed.
    package var isIncomplete: Bool {
        findings.contains { $0.severity == .error }
    }

    /// Looks at the whole tree and returns what differs from before, Namespaces first, in key order.
    ///
    /// Files of an unreadable directory stay, and so does everything while the root is gone.
    package mutating func scan() -> [ClusterChange] {
        let listing = DirectoryListing(root: root)
        self.listing = listing
        let present = Set(listing.files)
        for path in files.keys.sorted() where !present.contains(path) && !listing.isHidden(path) { remove(path) }
        update(listing.files, isForced: false)
        return table.takeChanges()
    }

    /// Reads the named files again and returns what differs; the cost follows these files.
    package mutating func refresh(_ paths: some Sequence<String>) -> [ClusterChange] {
        update(Set(paths).sorted(), isForced: true)
        return table.takeChanges()
    }

    /// Reads on one thread with a deep stack, and takes what differs.
    private mutating func update(_ paths: [String], isForced: Bool) {
        let looks = paths.map { (path: $0, previous: files[$0]) }
        let read = DeepStack.run {
            looks.map { ManifestFile.read($0.path, previous: $0.previous, isForced: isForced) }
        }
        for (look, file) in zip(looks, read) where file != look.previous {
            if let file { replace(look.path, with: file) } else { remove(look.path) }
        }
    }

    private mutating func replace(_ path: String, with file: ManifestFile) {
        files[path] = file
        if file.findings.isEmpty { noted.remove(path) } else { noted.insert(path) }
        table.replace(path, with: file.objects)
    }

    private mutating func remove(_ path: String) {
        files[path] = nil
        noted.remove(path)
        table.replace(path, with: [])
    }
}

extension DirectoryListing {
    /// Whether a file is out of sight rather than gone.
    fileprivate func isHidden(_ path: String) -> Bool { unreadable.contains { path.hasPrefix($0 + "/") } }
}
