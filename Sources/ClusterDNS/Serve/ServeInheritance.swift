import Answering
import Glibc
import Logging
import Serving
import Supervision

/// The sockets that systemd opened for this server (socket activation).
enum ServeInheritance {
    /// Takes those that a listener of `configuration` is for; all others are closed, and named in the log.
    static func take(for configuration: ServerConfiguration, corefile: String, logger: Logger) -> InheritedSockets {
        var sockets: [InheritedSocket] = []
        for passed in ListenSockets.take() {
            if let socket = InheritedSocket(descriptor: passed.descriptor, name: passed.name) {
                sockets.append(socket)
            } else {
                close(passed.descriptor)
                logger.warning(
                    """
                    the inherited descriptor \(passed.descriptor), "\(passed.name)", is no UDP socket and no TCP socket \
                    that listens, so it was closed; take it out of the socket unit
                    """)
            }
        }
        let (kept, closed) = InheritedSockets.closeUseless(sockets, configuration.listeners.map(\.address))
        for socket in closed {
            logger.warning(
                """
                the inherited socket \(socket) is for no server block, so it was closed; correct ListenDatagram= or \
                ListenStream= in the socket unit, or "bind" and the port in \(corefile)
                """)
        }
        for socket in sockets where !closed.contains(socket) { logger.info("\(socket) was inherited") }
        return kept
    }
}
