import Answering
import Corefile
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NetworkAddress
import Serving
import Synchronization

/// Why an admin page has no address, as a sentence with the remedy.
struct AdminListenError: Error, CustomStringConvertible {
    var address: HostAndPort
    var pages: Set<AdminPage>
    /// nil where a name has no address.
    var errno: Int32?

    var description: String {
        let names = pages.map(\.rawValue).sorted().joined(separator: ", ")
        let place = "no \(names) at \(address)"
        switch errno {
        case EADDRINUSE:
            let holder = PortHolder.find(port: address.port, .tcp).map { " by \($0)" } ?? ""
            return "\(place): the port is in use\(holder); stop that program, or give the directive another port"
        case EACCES, EPERM:
            return "\(place): ports below 1024 need root or CAP_NET_BIND_SERVICE; give the directive another port"
        case EADDRNOTAVAIL:
            return "\(place): this machine does not have the address; correct the directive or add the address"
        case .some(let errno): return "\(place): \(IOError(errnoCode: errno, reason: "bind")); correct the directive"
        case nil: return "\(place): the name has no address; write an address instead"
        }
    }
}

/// The open sockets of one admin address, and the pages there.
final class AdminListener: Sendable {
    let pages: Mutex<Set<AdminPage>>
    private let channels: Mutex<[any Channel]> = Mutex([])

    init(pages: Set<AdminPage>) { self.pages = Mutex(pages) }

    /// Where the sockets are bound.
    var localAddresses: [SocketAddress] { channels.withLock { $0.compactMap(\.localAddress) } }

    /// Opens the address; of several behind a name one must be free.
    func bind(_ address: HostAndPort, _ bootstrap: ServerBootstrap) async throws(AdminListenError) {
        var failure: (any Error)?
        for target in Self.targets(address) {
            do {
                let channel = try await bootstrap.bind(host: target, port: Int(address.port)).get()
                channels.withLock { $0.append(channel) }
                // One socket for all addresses is enough; the next target is for machines without IPv6.
                if address.host == .any { return }
            } catch {
                failure = failure ?? error
                if address.host == .any, !Self.lacksIPv6(error) { break }
            }
        }
        if channels.withLock({ $0.isEmpty }) {
            let errno = (failure as? IOError)?.errnoCode
            throw AdminListenError(address: address, pages: pages.withLock { $0 }, errno: errno)
        }
    }

    func close() async {
        let open = channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in open { try? await channel.close() }
    }

    private static func targets(_ address: HostAndPort) -> [String] {
        switch address.host {
        case .any: ["::", "0.0.0.0"]
        case .address(let address): [address.description]
        case .name("localhost"): ["127.0.0.1", "::1"]
        case .name(let name): [name]
        }
    }

    private static func lacksIPv6(_ error: any Error) -> Bool {
        guard let error = error as? IOError else { return false }
        return error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL
    }
}
