import Answering
import CLinux
import Glibc
import Synchronization

/// A thread that asks upstreams: its mailbox, and how it is woken.
final class ResolverLane: Sendable {
    enum Letter: Sendable {
        case job(ResolverJob)
        /// A connection brought the reply to an attempt, or nothing.
        case streamReply(exchange: UInt64, attempt: Int, [UInt8]?)
        case findLoop(ForwardRuntime, Upstream)
        case stop
    }

    private let letters = Mutex<[Letter]>([])
    let epoll: Int32
    private let bell: Int32
    private let index: Int
    private let thread = Mutex<WorkerThread?>(nil)
    private let lastTurn = Atomic<UInt64>(0)

    /// The token of the bell; sockets have others.
    static let bellToken: UInt64 = 0

    init(index: Int) throws(SocketError) {
        self.index = index
        epoll = clinux_epoll_create()
        bell = clinux_eventfd()
        let listen = ListenAddress(address: nil, port: 0)
        guard epoll >= 0, bell >= 0 else {
            throw SocketError(listen: listen, transport: .udp, errno: -min(epoll, bell))
        }
        let result = clinux_epoll_add(epoll, bell, Self.bellToken)
        guard result == 0 else { throw SocketError(listen: listen, transport: .udp, errno: -result) }
    }

    func start(_ resolver: Resolver) throws(SocketError) {
        do {
            let thread = try WorkerThread(name: "resolver-\(index)") { [self, resolver] in
                LaneLoop(self, resolver, index: index).run()
            }
            self.thread.withLock { $0 = thread }
        } catch {
            throw SocketError(listen: ListenAddress(address: nil, port: 0), transport: .udp, errno: error.errno)
        }
    }

    func join() async {
        let thread = thread.withLock { $0 }
        await thread?.join()
        Glibc.close(epoll)
        Glibc.close(bell)
    }

    func post(_ letter: Letter) {
        let wasEmpty = letters.withLock { letters in
            letters.append(letter)
            return letters.count == 1
        }
        if wasEmpty { clinux_eventfd_signal(bell) }
    }

    func takeLetters() -> [Letter] {
        clinux_eventfd_clear(bell)
        return letters.withLock { letters in
            defer { letters = [] }
            return letters
        }
    }

    func noteTurn(at now: UInt64) { lastTurn.store(now, ordering: .relaxed) }

    /// Nanoseconds since the thread last went round its loop; it does so twice a second at least.
    var silence: UInt64 {
        let last = lastTurn.load(ordering: .relaxed)
        return last == 0 ? 0 : clinux_monotonic_nanoseconds() &- last
    }
}
