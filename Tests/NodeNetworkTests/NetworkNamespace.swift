import Foundation
import Glibc
import Synchronization
import Testing

/// Runs a test in a network namespace of its own, which ends with the thread it runs on.
enum NetworkNamespace {
    static let isAllowed = geteuid() == 0

    private static let newNetwork: Int32 = 0x4000_0000

    /// Calls `body` in a namespace that has `lo` and nothing else.
    static func run(_ body: @escaping @Sendable () throws -> Void) async throws {
        let outcome: Result<Void, any Error> = await withCheckedContinuation { done in
            let thread = Thread {
                done.resume(
                    returning: Result {
                        try enter(); try body()
                    })
            }
            thread.start()
        }
        try outcome.get()
    }

    struct Refused: Error {}

    private static func enter() throws {
        typealias Unshare = @convention(c) (Int32) -> Int32
        // SAFETY: the symbol is the C library's unshare(2), which has this type.
        guard let symbol = unsafe dlsym(nil, "unshare") else { throw Refused() }
        let unshare = unsafe unsafeBitCast(symbol, to: Unshare.self)
        guard unshare(newNetwork) == 0 else { throw Refused() }
    }
}
