internal import Glibc

/// Whether standard output leads to the journal, which reads a priority in front of each line (sd-daemon(3)).
package enum JournalStream {
    /// JOURNAL_STREAM names the device and inode of what systemd connected; another file may have taken its place since.
    package static let isStandardOutput: Bool = {
        // SAFETY: the value is copied at once; the program sets no variables after its start.
        guard let text = unsafe getenv("JOURNAL_STREAM").map({ unsafe String(cString: $0) }) else { return false }
        var status = stat()
        // SAFETY: fstat fills a whole struct.
        guard unsafe fstat(STDOUT_FILENO, &status) == 0 else { return false }
        return names(text, device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }()

    /// Whether `text`, `device:inode` in decimal (systemd.exec(5)), names that file.
    static func names(_ text: String, device: UInt64, inode: UInt64) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt64($0) }
        return parts == [device, inode]
    }
}
