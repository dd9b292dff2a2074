/// The outside world as a Corefile sees it: files, file name patterns and environment variables.
package protocol CorefileLoader {
    /// Returns the octets of the file at `path`.
    ///
    /// A longer file may be cut at `limit + 1` octets; that is enough to see that it is too long.
    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8]

    /// Returns the paths of the regular files that match `pattern` (`*`, `?`, `[…]`), in any order; none is no error.
    func files(matching pattern: String) -> [String]

    /// Returns nil for a variable that is not set.
    func environmentVariable(_ name: String) -> String?

    /// Returns what a placeholder of NodeLocal DNSCache (`__PILLAR__LOCAL__DNS__`) stands for, possibly nothing.
    ///
    /// The reason of a failure follows the placeholder in the message, and says what to do.
    func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String]
}

extension CorefileLoader {
    package func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String] {
        throw CorefileLoadFailure(reason: "is a placeholder of a template; write what it stands for in its place")
    }
}

/// Why a file could not be read, in words for an operator: `no such file`, `permission denied`.
package struct CorefileLoadFailure: Error, Hashable, Sendable {
    package var reason: String

    package init(reason: String) { self.reason = reason }
}
