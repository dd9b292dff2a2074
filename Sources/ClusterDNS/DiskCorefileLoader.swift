import Corefile
import Glibc

/// Reads Corefiles from the file system, and variables from the process's environment.
struct DiskCorefileLoader: CorefileLoader, Sendable {
    /// Reads at most `limit + 1` octets, from a pipe (`/dev/stdin`) too.
    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
        // SAFETY: the path is a NUL-terminated copy that outlives the call.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { throw .last }
        defer { close(file) }
        var octets: [UInt8] = []
        while octets.count <= limit {
            let part = try Self.read(file, upTo: min(65_536, limit + 1 - octets.count))
            if part.isEmpty { break }
            octets += part
        }
        return octets
    }

    /// Regular files only, links followed.
    ///
    /// What lies below a name that starts with two dots is left out: Kubernetes mounts a ConfigMap as `..data` and shows
    /// each file of it a second time beside that.
    func files(matching pattern: String) -> [String] {
        var found = unsafe glob_t()
        // SAFETY: glob(3) fills the struct, which globfree gives back once; the paths are copied before that.
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, GLOB_NOSORT, nil, &found) == 0, let paths = unsafe found.gl_pathv else { return [] }
        return (0..<Int(unsafe found.gl_pathc))
            .compactMap { index in unsafe paths[index].map { unsafe String(cString: $0) } }
            .filter { Self.isRegularFile($0) && !Self.isHiddenDuplicate($0) }
    }

    func environmentVariable(_ name: String) -> String? {
        // SAFETY: the value is copied at once; the program sets no variables after its start.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String] {
        try NodePlaceholders(environment: environmentVariable).words(for: name)
    }

    static func isReadable(_ path: String) -> Bool {
        (try? DiskCorefileLoader().contents(of: path, limit: 0)) != nil
    }

    private static func read(_ file: Int32, upTo count: Int) throws(CorefileLoadFailure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var result = 0
        repeat {
            // SAFETY: read writes at most as many octets as the buffer has.
            result = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        } while result < 0 && errno == EINTR
        if result < 0 { throw .last }
        return Array(buffer[..<result])
    }

    static func isDirectory(_ path: String) -> Bool { isFile(path, ofType: S_IFDIR) }

    private static func isRegularFile(_ path: String) -> Bool { isFile(path, ofType: S_IFREG) }

    private static func isFile(_ path: String, ofType type: mode_t) -> Bool {
        var status = stat()
        // SAFETY: the path is NUL-terminated, and stat fills a whole struct.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == type
    }

    private static func isHiddenDuplicate(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0.hasPrefix("..") && $0 != ".." }
    }
}

extension CorefileLoadFailure {
    /// The failure of the last system call, in words: `no such file or directory`.
    fileprivate static var last: CorefileLoadFailure {
        // SAFETY: strerror returns a NUL-terminated string that is copied before any other call can change it.
        let text = unsafe String(cString: strerror(errno))
        return CorefileLoadFailure(reason: text.prefix(1).lowercased() + text.dropFirst())
    }
}
