import Glibc

/// A server on loopback whose queue of connections is full and never emptied: it does not answer whoever comes next.
final class CrowdedServer {
    let port: Int
    private var descriptors: [Int32] = []

    struct NoSocket: Error {}

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptors = [listener]
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        guard unsafe Self.call(&address, { unsafe bind(listener, $0, $1) }), listen(listener, 0) == 0 else {
            throw NoSocket()
        }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: the kernel writes a sockaddr_in, as long as `length` says, into `address`.
        let named = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(listener, $0, &length) == 0
            }
        }
        guard named else { throw NoSocket() }
        port = Int(UInt16(bigEndian: address.sin_port))
        for _ in 0..<4 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            descriptors.append(client)
            _ = unsafe Self.call(&address) { unsafe connect(client, $0, $1) }
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// Whether a call that takes a socket address succeeds.
    private static func call(_ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
        -> Bool
    {
        // SAFETY: `body` reads the address while it is borrowed, and no longer than its size.
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
