import Foundation
import Synchronization

/// Runs work whose recursion the input decides on a thread with a stack that is large enough for it.
///
/// libyaml stops at 1000 levels of its own count, which can be 2000 of Yams' recursion; that needs a few MiB,
/// more than some threads have. Only the pages used are ever real.
enum DeepStack {
    private static let stackSize = 64 << 20
    private static let name = "manifest reader"

    /// Blocks the caller until `body` has returned; on such a thread already, it is called in place.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
        if Thread.current.name == name { return body() }
        let box = Box<Result>()
        let thread = Thread {
            let result = body()
            box.result.withLock { $0 = result }
            box.isDone.signal()
        }
        thread.stackSize = stackSize
        thread.name = name
        thread.start()
        box.isDone.wait()
        guard let result = box.result.withLock({ $0 }) else { preconditionFailure("signalled with no result") }
        return result
    }

    private final class Box<Result: Sendable>: Sendable {
        let result = Mutex<Result?>(nil)
        let isDone = DispatchSemaphore(value: 0)
    }
}
