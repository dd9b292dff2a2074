import Glibc

/// Files with zone data, whole.
enum ZoneFileOctets {
    /// Reads a regular file of at most `limit` octets.
    static func read(_ path: String, limit: Int) throws(EntryFault) -> [UInt8] {
        // SAFETY: the path is a NUL-terminated copy that outlives the call; no FIFO can make the call wait.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard file >= 0 else { throw EntryFault("the file cannot be read: \(errorText); see to the file") }
        defer { close(file) }
        var status = stat()
        // SAFETY: fstat fills a whole struct.
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw EntryFault("is no regular file; name one")
        }
        guard status.st_size <= limit else { throw tooLarge }
        let size = Int(status.st_size)
        var failure = false
        // One octet more, to see a file that has grown.
        // SAFETY: the count is what read(2) has filled, from the start on.
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
            while count < size + 1 {
                let result = unsafe Glibc.read(file, buffer.baseAddress.map { unsafe $0 + count }, size + 1 - count)
                if result < 0, errno == EINTR { continue }
                if result < 0 { failure = true }
                if result <= 0 { break }
                count += result
            }
        }
        if failure { throw EntryFault("the file cannot be read: \(errorText); see to the file") }
        guard octets.count <= size else { throw EntryFault("the file grew while it was read; it is read again later") }
        return octets
    }

    private static var tooLarge: EntryFault {
        EntryFault("the file, with all it includes, is over \(ZoneFile.octetCountMax >> 20) MiB; divide the zone")
    }

    static var errorText: String {
        // SAFETY: the text is copied before another call can change it.
        let text = unsafe String(cString: strerror(errno))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

/// The directory of a zone file: nothing elsewhere is included.
struct IncludeDirectory {
    private let directory: String
    private let realDirectory: String

    init(of file: String) {
        let slash = file.lastIndex(of: "/")
        directory = slash.map { String(file[..<$0]) + "/" } ?? "./"
        realDirectory = Self.realPath(directory) ?? directory
    }

    /// The real path of an included file; throws where that lies outside, by `..` or by a link.
    func path(of name: String) throws(EntryFault) -> String {
        guard let real = Self.realPath(name.hasPrefix("/") ? name : directory + name) else {
            throw EntryFault("$INCLUDE of \(name): \(ZoneFileOctets.errorText); name a file that is there")
        }
        guard real.hasPrefix(realDirectory == "/" ? "/" : realDirectory + "/") else {
            throw EntryFault("$INCLUDE of \(name) leads out of the directory of the zone file; move the file there")
        }
        return real
    }

    func real(_ path: String) -> String? { Self.realPath(path) }

    private static func realPath(_ path: String) -> String? {
        // SAFETY: realpath hands the text over; it is copied, then freed.
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
