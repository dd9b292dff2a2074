import CLinux
import Glibc

/// One process's hold on something that several processes of this network namespace may hold at once.
///
/// Whoever gives up the last hold takes the thing away. A hold is an abstract socket name (unix(7)): it is seen by every
/// process in the network namespace, whatever files or process numbers they see, and the kernel ends it with the process.
package final class SharedHold: Sendable {
    /// Holders of one thing at a time: an upgrade has two.
    package static let holderCountMax = 16

    private let descriptor: Int32
    private let name: String
    private let place: Int

    /// Takes a hold on `thing`, at most 80 octets; other holders stay.
    package init(_ thing: String) throws(NodeNetworkError) {
        name = "clusterdns/" + thing
        for place in 0..<Self.holderCountMax {
            let descriptor = NameLease.take("\(name)/\(place)")
            if descriptor >= 0 {
                (self.descriptor, self.place) = (descriptor, place)
                return
            }
            guard descriptor == -EADDRINUSE else {
                throw NodeNetworkError(
                    .refused(-descriptor), task: "hold \(thing)", remedy: "raise the limit on open files")
            }
        }
        throw NodeNetworkError(.crowded, task: "hold \(thing)", remedy: "stop those that are left over")
    }

    deinit { close(descriptor) }

    /// Whether nobody else holds the thing now; to be asked under the ``NetworkLock``, which keeps others from coming.
    package var isLast: Bool {
        (0..<Self.holderCountMax).allSatisfy { $0 == place || NameLease.isFree("\(name)/\($0)") }
    }
}

/// Keeps changes of the node's network by several processes apart.
package enum NetworkLock {
    private static let name = "clusterdns/lock"
    private static let pauseMicroseconds: UInt32 = 5_000
    /// A process keeps the lock for some milliseconds; one that keeps it longer is stuck and no reason to wait for ever.
    private static let attemptCountMax = 1_000

    /// Runs `body` while no other process of the network namespace is in such a body, or after five seconds regardless.
    package static func hold<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        var descriptor: Int32 = -1
        for _ in 0..<attemptCountMax {
            descriptor = NameLease.take(name)
            if descriptor != -EADDRINUSE { break }
            usleep(pauseMicroseconds)
        }
        defer { if descriptor >= 0 { close(descriptor) } }
        return try body()
    }
}

/// Abstract socket names.
private enum NameLease {
    /// A descriptor, or -errno.
    static func take(_ name: String) -> Int32 {
        // SAFETY: the name is a NUL-terminated copy that outlives the call.
        unsafe clinux_take_name(name)
    }

    static func isFree(_ name: String) -> Bool {
        let descriptor = take(name)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }
}
