import CLinux
import Glibc
import Synchronization

/// A thread that runs one function to its end, and a way to wait for that end.
final class WorkerThread: Sendable {
    private let finished = Mutex<(isFinished: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Why the system gave no thread: EAGAIN when a limit on threads or memory is reached (pthread_create).
    struct StartError: Error { var errno: Int32 }

    /// Starts `body` on a thread of its own; `name` has at most 15 octets (pthread_setname_np).
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(StartError) {
        let start = Start { [self] in
            unsafe clinux_name_thread(name)
            body()
            finish()
        }
        // SAFETY: the thread takes over the one reference that `passRetained` hands it.
        let context = unsafe Unmanaged.passRetained(start).toOpaque()
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                }
                return nil
            }, context)
        guard error == 0 else {
            // SAFETY: no thread took over the reference.
            unsafe Unmanaged<Start>.fromOpaque(context).release()
            throw StartError(errno: error)
        }
        pthread_detach(thread)
    }

    private func finish() {
        let waiters = finished.withLock { state in
            state.isFinished = true
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the thread's function has returned.
    func join() async {
        await withCheckedContinuation { continuation in
            let isFinished = finished.withLock { state in
                if !state.isFinished { state.waiters.append(continuation) }
                return state.isFinished
            }
            if isFinished { continuation.resume() }
        }
    }
}
