import Glibc
import Testing

/// Keeps every writer out of a SQLite database in WAL mode, as another process that writes would.
///
/// It holds the lock octet of writers, 120 of the `-shm` file (SQLite: WAL-mode File Format, 2.3). A lock of the open
/// file and not of the process, so that it also stops a connection of this process.
final class WriteLock: Sendable {
    /// `F_OFD_SETLK` of Linux (fcntl_locking(2)), which Glibc shows to GNU programs only.
    private static let setLock: Int32 = 37
    private let descriptor: Int32

    init(database path: String) throws {
        // SAFETY: the path is a NUL-terminated copy that outlives the call.
        descriptor = unsafe open(path + "-shm", O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        try #require(set(F_WRLCK) == 0)
    }

    /// The file stays open until the end: closing it would drop the locks of the process's own connections.
    func release() { #expect(set(F_UNLCK) == 0) }

    private func set(_ type: Int32) -> Int32 {
        var lock = flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: 120, l_len: 1, l_pid: 0)
        // SAFETY: `lock` is a whole struct flock that outlives the call.
        return unsafe fcntl(descriptor, Self.setLock, &lock)
    }

    deinit { close(descriptor) }
}
