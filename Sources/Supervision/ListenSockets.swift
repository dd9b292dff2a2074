internal import CSystemd
internal import Glibc

/// A descriptor that systemd opened for the service, and what its unit calls it (`FileDescriptorName=`).
package struct ListenSocket: Hashable, Sendable {
    package var descriptor: Int32
    /// Empty where the environment does not say.
    package var name: String

    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }
}

/// Socket activation (sd_listen_fds(3)): LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES.
package enum ListenSockets {
    /// Where systemd's descriptors start.
    private static let first: Int32 = 3
    /// More descriptors than any configuration has listeners.
    private static let countMax: Int32 = 4096

    /// Takes the descriptors, once: the variables are removed, so that no child believes them to be its own.
    ///
    /// Empty where the variables are absent, malformed, or meant for another process. Each descriptor is closed on exec.
    package static func take() -> [ListenSocket] {
        let count = min(sd_listen_fds(0), countMax)
        let names = takeNames()
        guard count > 0 else { return [] }
        return (0..<count).map { index in
            let name = names.count == Int(count) ? names[Int(index)] : ""
            return ListenSocket(descriptor: first + index, name: name == "unknown" ? "" : name)
        }
    }

    /// The names in the order of the descriptors; none where their number is another.
    ///
    /// Removes the variables.
    private static func takeNames() -> [String] {
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        // SAFETY: the library allocates an array of `count` strings, which are copied and given back here.
        let count = unsafe sd_listen_fds_with_names(1, &list)
        guard count > 0, let list = unsafe list else { return [] }
        defer { unsafe free(list) }
        return (0..<Int(count)).map { index in
            guard let name = unsafe list[index] else { return "" }
            defer { unsafe free(name) }
            return unsafe String(cString: name)
        }
    }
}
