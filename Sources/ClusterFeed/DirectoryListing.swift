/// What a manifest tree holds: the files to read and the directories to watch, found without opening a file.
///
/// Names that begin with a dot are passed over, links are followed. So a mounted ConfigMap is read once, through
/// its visible links, and never through `..data` or the directory that leads to.
struct DirectoryListing: Hashable, Sendable {
    /// The deepest level of subdirectories.
    static let depthLimit = 16
    /// The most files read from one tree.
    static let fileLimit = 100_000

    /// Each path begins with the root as given; in path order, with the files of a directory by name.
    private(set) var files: [String] = []
    /// The directories read.
    private(set) var directories = Set<String>()
    /// Where links of the tree lead, as directory and names in it: changes there matter too.
    private(set) var linkTargets: [String: Set<String>] = [:]
    /// Directories that could not be read: what was in them stays.
    private(set) var unreadable: [String] = []
    private(set) var findings: [Finding] = []
    private var visited = Set<[UInt]>()

    init(root: String) { read(root, depth: 0) }

    /// Whether the root itself could not be read.
    var isRootMissing: Bool { directories.isEmpty }

    static func isManifestName(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains(where: name.hasSuffix)
    }

    private mutating func read(_ directory: String, depth: Int) {
        do throws(SystemCallError) {
            let signature = try FileCalls.status(directory).signature
            guard visited.insert([signature.device, signature.inode]).inserted else { return }
            let entries = try FileCalls.entries(of: directory)
            directories.insert(directory)
            for entry in entries where !entry.name.hasPrefix(".") { add(entry, in: directory, depth: depth) }
        } catch {
            unreadable.append(directory)
            findings.append(
                Finding(
                    .error, file: directory,
                    message: "the directory cannot be read: \(error); the last objects from it stay: "
                        + "make it readable, or bring it back"))
        }
    }

    private mutating func add(_ entry: DirectoryEntry, in directory: String, depth: Int) {
        let path = "\(directory)/\(entry.name)"
        var type = entry.type
        if type == nil || type == .symbolicLink {
            type = (try? FileCalls.status(path).type) ?? .regular
            addLinkTarget(of: path)
        }
        if type == .directory {
            if depth < Self.depthLimit { return read(path, depth: depth + 1) }
            findings.append(Finding(.warning, file: path, message: "directories below level \(depth) are not read"))
        } else if Self.isManifestName(entry.name) {
            if files.count < Self.fileLimit { return files.append(path) }
            findings.append(Finding(.error, file: path, message: "skipped: only \(Self.fileLimit) files are read"))
        }
    }

    private mutating func addLinkTarget(of path: String) {
        guard let real = FileCalls.realPath(path), let slash = real.lastIndex(of: "/") else { return }
        let directory = slash == real.startIndex ? "/" : String(real[..<slash])
        linkTargets[directory, default: []].insert(String(real[real.index(after: slash)...]))
    }
}
