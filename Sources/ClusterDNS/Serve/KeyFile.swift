import Glibc

/// Who else may get at the file of a private key (robustness fact 92).
enum KeyFile {
    private static let others: mode_t = 0o004
    private static let writableByOthers: mode_t = 0o022

    /// What is wrong with the mode of the file, and the remedy; nil where nothing is, or the file is not there.
    ///
    /// Nobody but its owner may write it; its group may read it, but not everyone. Where this machine's owner cannot
    /// choose the mode everyone may: in the volumes that Kubernetes makes (a link `..data` beside the file), and on what is
    /// mounted to be read alone, such as the secrets of a container.
    static func problem(_ path: String) -> String? {
        var status = stat()
        // SAFETY: the path is NUL-terminated, and stat fills a whole struct.
        guard unsafe stat(path, &status) == 0 else { return nil }
        if status.st_mode & writableByOthers != 0 {
            return "others than its owner may write \(path); take that from them: chmod go-w \(path)"
        }
        if status.st_mode & others != 0, !isManaged(path) {
            return "everyone may read \(path); take that from them: chmod o-r \(path)"
        }
        return nil
    }

    /// As `problem`, for a key that nobody else is to read, not even its group.
    static func privateProblem(_ path: String) -> String? {
        var status = stat()
        // SAFETY: as above.
        guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 != 0, !isManaged(path) else { return nil }
        return "others than its owner may read or write \(path); take that from them: chmod 600 \(path)"
    }

    private static func isManaged(_ path: String) -> Bool {
        var system = statvfs()
        // SAFETY: the path is NUL-terminated, and statvfs fills a whole struct.
        if unsafe statvfs(path, &system) == 0, system.f_flag & UInt(ST_RDONLY) != 0 { return true }
        var status = stat()
        let link = ConfigurationLoader.directory(of: path) + "/..data"
        // SAFETY: as above.
        return unsafe lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
