package import Answering
import CLinux
import Glibc

/// Why a socket could not be opened, as a sentence with the remedy.
package struct SocketError: Error, Hashable, Sendable, CustomStringConvertible {
    package var listen: ListenAddress
    package var transport: QueryTransport
    package var errno: Int32

    package init(listen: ListenAddress, transport: QueryTransport, errno: Int32) {
        self.listen = listen
        self.transport = transport
        self.errno = errno
    }

    package var description: String {
        let place = "\(transport.label) \(listen.hostAndPort)"
        switch errno {
        case EADDRINUSE:
            let holder = PortHolder.find(port: listen.port, transport).map { " by \($0)" } ?? ""
            return "cannot listen on \(place): the port is in use\(holder); stop that program or choose another "
                + "port with -dns.port"
        case EACCES, EPERM:
            return "cannot listen on \(place): ports below 1024 need root or CAP_NET_BIND_SERVICE; "
                + "grant it or choose another port with -dns.port"
        case EADDRNOTAVAIL:
            return
                "cannot listen on \(place): this machine does not have the address; correct \"bind\" or add the address"
        case EAGAIN, ENOMEM:
            return "cannot listen on \(place): the system has no room for another thread; "
                + "raise the limits of the process on threads and memory"
        default:
            return "cannot listen on \(place): \(Self.text(of: errno)); check the address and the limits of the process"
        }
    }

    private static func text(of errno: Int32) -> String {
        // SAFETY: strerror returns a C string that stays valid until the next call in this thread.
        unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    }
}
