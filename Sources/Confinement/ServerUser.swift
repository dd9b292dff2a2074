import CLinux
internal import Glibc

/// A user of this machine that the server can become, with the groups it is in.
package struct ServerUser: Hashable, Sendable, CustomStringConvertible {
    /// What a file may be asked for.
    package enum Access: Sendable { case read, write, search }

    /// Root without its capabilities: what it may use is its own, or everyone's.
    package static let root = ServerUser(user: 0, group: 0)
    /// That of the container image, which no other program has.
    package static let unprivileged = ServerUser(user: 65_532, group: 65_532)
    private static let groupCountMax: Int32 = 64

    package var user: UInt32
    package var group: UInt32
    /// Beside `group`.
    package var groups: [UInt32]

    package init(user: UInt32, group: UInt32, groups: [UInt32] = []) {
        self.user = user
        self.group = group
        self.groups = groups
    }

    /// A name of the user database with all its groups, or numbers: `dns`, `65532`, `65532:1000`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if let user = UInt32(parts[0]), user < UInt32.max, parts.count <= 2 {
            guard let group = parts.count == 2 ? UInt32(parts[1]) : user, group < UInt32.max else { return nil }
            self.init(user: user, group: group)
            return
        }
        // SAFETY: getpwnam reads a NUL-terminated copy; the process has one thread, and what is needed is copied at once.
        guard parts.count == 1, let entry = unsafe getpwnam(text) else { return nil }
        let (user, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
        var (groups, count) = ([UInt32](repeating: 0, count: Int(Self.groupCountMax)), Self.groupCountMax)
        // SAFETY: at most `count` groups are written, which is what the array has room for.
        let result = unsafe getgrouplist(text, group, &groups, &count)
        self.init(user: user, group: group, groups: result < 0 ? [] : Array(groups[..<Int(count)]))
    }

    /// Who owns the file or directory; nil for root, and where there is none.
    package init?(ownerOf path: String) {
        var status = stat()
        // SAFETY: the path is NUL-terminated, and stat fills a whole struct.
        guard unsafe stat(path, &status) == 0, status.st_uid != 0 else { return nil }
        self.init(user: status.st_uid, group: status.st_gid == 0 ? status.st_uid : status.st_gid)
    }

    package var isRoot: Bool { user == 0 }

    package var description: String { isRoot ? "root" : "user \(user)" }

    /// Whether this user may read, write or search `path`; false only for want of rights, not where nothing is there.
    ///
    /// To be asked by root, while it has one thread.
    package func may(_ access: Access, _ path: String) -> Bool {
        let mode =
            switch access {
            case .read: R_OK
            case .write: W_OK
            case .search: R_OK | X_OK
            }
        // SAFETY: the C function reads the path and as many groups as it is told.
        let error = unsafe clinux_access_as(user, group, groups, groups.count, path, mode)
        return error != -EACCES
    }
}
