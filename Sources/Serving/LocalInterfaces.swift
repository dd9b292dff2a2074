import CLinux
package import NetworkAddress

/// The addresses of this machine's network interfaces.
package enum LocalInterfaces {
    /// Addresses by interface name, in the kernel's order; empty where the kernel does not tell (getifaddrs(3)).
    package static func addresses() -> [String: [IPAddress]] {
        var found: [String: [IPAddress]] = [:]
        // SAFETY: the call ends before `found` does, and passes the pointer on to `visit` unchanged.
        let result = unsafe withUnsafeMutablePointer(to: &found) { unsafe clinux_interfaces(visit, $0) }
        return result == 0 ? found : [:]
    }

    private static let visit:
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?, UnsafePointer<UInt8>?, Int
        ) -> Void = { context, name, octets, length in
            guard let context = unsafe context, let name = unsafe name, let octets = unsafe octets else { return }
            // SAFETY: the name is NUL-terminated, and `length` octets of the address lie behind `octets`.
            let interface = unsafe String(cString: name)
            let address = unsafe IPAddress(octets: Array(UnsafeBufferPointer(start: octets, count: length)))
            // SAFETY: the context is the dictionary that `addresses` handed in.
            let found = unsafe context.assumingMemoryBound(to: [String: [IPAddress]].self)
            if let address { unsafe found.pointee[interface, default: []].append(address) }
        }
}
