import Foundation

/// Files that hold keys, tokens and configuration: small, or not read.
enum CredentialFile {
    /// 1 MiB.
    private static let octetCountMax = 1 << 20

    /// The octets of a regular file or what a symbolic link leads to; `what` names it in the sentence that is thrown.
    static func read(_ path: String, what: String) throws(ConfigurationError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ConfigurationError("\(path), the \(what), cannot be opened; check that it exists and may be read.")
        }
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
}
