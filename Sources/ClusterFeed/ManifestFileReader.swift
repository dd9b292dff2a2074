import Glibc

/// Reads a file that may be anything: only regular files within the size limit are read, and nothing is waited for.
enum ManifestFileReader {
    enum Outcome {
        case gone
        case unchanged
        case octets([UInt8], FileSignature)
        case failed(Finding)
    }

    /// `signature` is the state already known: a file still in it is not read.
    static func read(_ path: String, unless signature: FileSignature?) -> Outcome {
        do throws(SystemCallError) {
            let status = try FileCalls.status(path)
            guard status.type == .regular else { return .failed(notRegular(path, status.type)) }
            if let signature, status.signature == signature { return .unchanged }
            let file = try OpenFile(reading: path)
            return try read(file, path)
        } catch {
            return isGone(path, error) ? .gone : .failed(unreadable(path, error))
        }
    }

    private static func read(_ file: borrowing OpenFile, _ path: String) throws(SystemCallError) -> Outcome {
        let status = try file.status()
        guard status.type == .regular else { return .failed(notRegular(path, status.type)) }
        let limit = ManifestText.sizeLimit
        if status.signature.size > limit { return .failed(ManifestText.tooLarge(path, status.signature.size)) }
        var octets: [UInt8] = []
        octets.reserveCapacity(status.signature.size)
        while octets.count <= limit {
            let part = try file.read(upTo: min(1 << 20, max(4096, status.signature.size)))
            if part.isEmpty { return .octets(octets, status.signature) }
            octets += part
        }
        return .failed(ManifestText.tooLarge(path, octets.count))
    }

    /// A link that leads nowhere is no file that is gone: its directory may be in the middle of a swap.
    private static func isGone(_ path: String, _ error: SystemCallError) -> Bool {
        guard error.code == ENOENT || error.code == ENOTDIR else { return false }
        return (try? FileCalls.status(path, followingLinks: false)) == nil
    }

    private static func unreadable(_ path: String, _ error: SystemCallError) -> Finding {
        Finding(
            .error, file: path,
            message: "the file cannot be read: \(error); its last objects stay: make it readable, or remove it")
    }

    private static func notRegular(_ path: String, _ type: FileStatus.FileType) -> Finding {
        let what = type == .directory ? "a directory" : "no regular file (a pipe, socket or device)"
        return Finding(.error, file: path, message: "this is \(what) and is skipped; put a plain file here")
    }
}
