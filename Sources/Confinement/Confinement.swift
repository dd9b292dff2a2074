import CLinux
internal import Glibc

/// What a server keeps of the rights it was started with; all others are given up for good.
///
/// Held in the kernel for every thread that comes later: user and groups, capabilities(7), no_new_privs, no core files,
/// landlock(7) and seccomp(2).
package struct Confinement: Sendable {
    /// What could not be had here; the rest is in force.
    package enum Lack: Hashable, Sendable, CustomStringConvertible {
        case user(ServerUser, errno: Int32)
        case writes(errno: Int32)
        case calls(errno: Int32)

        package var description: String {
            switch self {
            case .user(let user, let errno):
                "it cannot become \(user) (\(Self.text(errno))), so root stays, without its rights"
            case .writes(let errno): "this kernel cannot keep it from writing (\(Self.text(errno)))"
            case .calls(let errno): "its system calls cannot be filtered (\(Self.text(errno)))"
            }
        }

        private static func text(_ errno: Int32) -> String {
            // SAFETY: strerror returns a C string that is copied before another call can change it.
            unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        }
    }

    private static let overridesFileRights = UInt64(1) << 1
    private static let bindsLowPorts = UInt64(1) << 10
    private static let changesNetwork = UInt64(1) << 12

    /// nil: the one it is.
    package var user: ServerUser?
    /// Directories that stay writable, with all below them; nil leaves writing to the rights of the user.
    package var writableDirectories: [String]?
    /// Keeps CAP_NET_ADMIN beside CAP_NET_BIND_SERVICE, also for programs that are run.
    package var changesNetwork = false
    /// Keeps CAP_DAC_OVERRIDE: root has to read files that are not its own.
    package var overridesFileRights = false
    /// Programs can still be run: those of a kubeconfig, or `nft`.
    package var runsPrograms = false

    package init(user: ServerUser?, writableDirectories: [String]?) {
        self.user = user
        self.writableDirectories = writableDirectories
    }

    package static var isRoot: Bool { geteuid() == 0 }

    /// Whether rights can still be given up: most are those of a thread, and a second one would keep them.
    package static var isPossible: Bool { clinux_thread_count() <= 1 }

    /// Gives the rights up; returns what could not be had.
    ///
    /// To be called while `isPossible`: most of this holds for the calling thread and those it begins.
    package func enter() -> [Lack] {
        var lacks: [Lack] = []
        let kept =
            Self.bindsLowPorts | (changesNetwork ? Self.changesNetwork : 0)
            | (overridesFileRights ? Self.overridesFileRights : 0)
        if let user, Self.isRoot, !user.isRoot {
            // SAFETY: the C function reads as many groups as it is told.
            let error = unsafe clinux_become(user.user, user.group, user.groups, user.groups.count, kept)
            if error != 0 { lacks.append(.user(user, errno: -error)) }
        }
        _ = clinux_keep_capabilities(kept, changesNetwork && runsPrograms ? Self.changesNetwork : 0)
        _ = clinux_seal_process()
        if let writableDirectories {
            let error = Self.restrictWrites(to: writableDirectories)
            if error != 0 { lacks.append(.writes(errno: -error)) }
        }
        let error = clinux_filter_system_calls(runsPrograms ? 1 : 0)
        if error != 0 { lacks.append(.calls(errno: -error)) }
        return lacks
    }

    private static func restrictWrites(to directories: [String]) -> Int32 {
        let copies = unsafe directories.map { unsafe UnsafePointer(strdup($0)) }
        // SAFETY: the array has `count` NUL-terminated strings, which are given back after the call.
        let result = unsafe clinux_restrict_writes(copies, copies.count)
        unsafe copies.forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) }
        return result
    }
}
