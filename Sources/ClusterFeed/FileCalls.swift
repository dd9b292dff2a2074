import Glibc

// The only file of this target with unsafe memory: each call to the C library is wrapped here once.

/// A failed call as its errno.
package struct SystemCallError: Error, Hashable, CustomStringConvertible {
    package var code: Int32

    package init(code: Int32) { self.code = code }

    static var last: SystemCallError { SystemCallError(code: errno) }

    package var description: String {
        // SAFETY: strerror returns a NUL-terminated string that is copied before any other call can change it.
        unsafe String(cString: strerror(code))
    }
}

/// An open file descriptor, closed when its owner lets go of it.
package struct OpenFile: ~Copyable {
    let descriptor: Int32

    /// Opens for reading without waiting for a writer (fifo) or becoming a terminal's owner.
    init(reading path: String) throws(SystemCallError) {
        // SAFETY: the path is a NUL-terminated copy that outlives the call.
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        if descriptor < 0 { throw .last }
    }

    init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    borrowing func status() throws(SystemCallError) -> FileStatus {
        var status = stat()
        // SAFETY: `status` is a whole struct stat on the stack that fstat fills.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .last }
        return FileStatus(status)
    }

    /// Reads up to `limit` octets; an empty result at the end, or where nothing can be read without waiting.
    borrowing func read(upTo limit: Int) throws(SystemCallError) -> [UInt8] {
        var result = 0
        // SAFETY: read writes at most `limit` octets into a buffer of that capacity; only those written are counted.
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            repeat {
                result = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
            } while result < 0 && errno == EINTR
            count = max(0, result)
        }
        if result < 0 && errno != EAGAIN { throw .last }
        return octets
    }
}

enum FileCalls {
    /// The status of the file `path` leads to (`followingLinks`), or of the link itself.
    static func status(_ path: String, followingLinks: Bool = true) throws(SystemCallError) -> FileStatus {
        var status = stat()
        // SAFETY: the path is NUL-terminated for the call, and `status` a whole struct stat that it fills.
        let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
        guard result == 0 else { throw .last }
        return FileStatus(status)
    }

    /// The absolute path without links; nil where it leads nowhere.
    static func realPath(_ path: String) -> String? {
        // SAFETY: realpath with a null buffer returns a string of its own, which is copied and freed once.
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// The entries of a directory without `.` and `..`, in name order; a name that is not UTF-8 is repaired.
    static func entries(of directory: String) throws(SystemCallError) -> [DirectoryEntry] {
        // SAFETY: the stream is closed once, and each entry is copied before the next readdir.
        guard let stream = unsafe opendir(directory) else { throw .last }
        defer { unsafe closedir(stream) }
        var entries: [DirectoryEntry] = []
        while let entry = unsafe nextEntry(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                // SAFETY: d_name is NUL-terminated within its 256 octets (readdir(3)).
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            entries.append(DirectoryEntry(name: name, type: unsafe FileStatus.type(direntType: entry.pointee.d_type)))
        }
        if errno != 0 { throw .last }
        return entries.sorted { $0.name < $1.name }
    }

    /// nil at the end with an errno of 0, or where the entry cannot be read with another.
    private static func nextEntry(_ stream: OpaquePointer) -> UnsafeMutablePointer<dirent>? {
        // Else the errno of another call since then would be taken for this one's.
        errno = 0
        // SAFETY: the caller keeps the stream open.
        return unsafe readdir(stream)
    }

    /// Waits until one of two descriptors can be read, -1 standing for none; false after `milliseconds` (-1: for ever) without either.
    static func waitReadable(_ first: Int32, or second: Int32, milliseconds: Int32) -> Bool {
        var entries = [first, second].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // SAFETY: the buffer holds as many entries as the count says, for the time of the call.
        let count = unsafe entries.withUnsafeMutableBufferPointer { buffer in
            unsafe poll(buffer.baseAddress, nfds_t(buffer.count), milliseconds)
        }
        return count > 0
    }

    /// Two connected ends: the first becomes readable when the second is written to.
    static func makePair() throws(SystemCallError) -> (reader: Int32, writer: Int32) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        var ends: [Int32] = [-1, -1]
        // SAFETY: socketpair writes two descriptors into an array of two.
        let result = unsafe ends.withUnsafeMutableBufferPointer { unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress) }
        guard result == 0 else { throw .last }
        return (ends[0], ends[1])
    }

    static func writeOctet(_ descriptor: Int32) {
        var octet: UInt8 = 1
        // SAFETY: one octet is written from a variable of one octet.
        _ = unsafe write(descriptor, &octet, 1)
    }

    /// A new inotify instance, non-blocking.
    static func makeNotifier() throws(SystemCallError) -> OpenFile {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if descriptor < 0 { throw .last }
        return OpenFile(adopting: descriptor)
    }

    /// The watch descriptor of `path`, new or already there (inotify_add_watch(2)).
    static func addWatch(
        _ notifier: Int32, _ path: String, _ mask: UInt32
    ) throws(SystemCallError) -> Int32 {
        // SAFETY: the path is NUL-terminated for the call.
        let watch = unsafe inotify_add_watch(notifier, path, mask)
        if watch < 0 { throw .last }
        return watch
    }

    static func removeWatch(_ notifier: Int32, _ watch: Int32) {
        inotify_rm_watch(notifier, watch)
    }
}
