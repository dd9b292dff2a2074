import Foundation
import Glibc

/// Files that hold keys, tokens and configuration: small, or not read.
enum CredentialFile {
    /// 1 MiB.
    private static let octetCountMax = 1 << 20

    /// The octets of a regular file or what a symbolic link leads to; `what` names it in the sentence that is thrown.
    static func read(_ path: String, what: String) throws(ConfigurationError) -> [UInt8] {
        let handle = try open(path, what: what)
        defer { try? handle.close() }
        let data: Data?
        do {
            data = try handle.read(upToCount: octetCountMax + 1)
        } catch {
            throw ConfigurationError("\(path), the \(what), cannot be read; it must be a file.")
        }
        guard let data, !data.isEmpty else {
            throw ConfigurationError("\(path), the \(what), is empty; write it again.")
        }
        guard data.count <= octetCountMax else {
            throw ConfigurationError(
                "\(path), the \(what), is longer than \(octetCountMax) octets; name the right file.")
        }
        return Array(data)
    }

    /// Never waits, as the opening of a FIFO would; what is no regular file is refused unread.
    private static func open(_ path: String, what: String) throws(ConfigurationError) -> FileHandle {
        // SAFETY: the path is a NUL-terminated copy that outlives the call.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw ConfigurationError("\(path), the \(what), cannot be opened; check that it exists and may be read.")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        // SAFETY: `status` is a whole struct stat on the stack that fstat fills.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ConfigurationError("\(path), the \(what), is no regular file; name one.")
        }
        return handle
    }
}
