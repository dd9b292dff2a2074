/// Runs `operation`, cancels it when `bound` is over, and returns nil where it did not end in time.
@discardableResult
func bounded<Value: Sendable>(
    by bound: Duration, _ operation: @escaping @Sendable () async -> Value
) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await operation() }
        group.addTask {
            try? await Task.sleep(for: bound)
            return nil
        }
        defer { group.cancelAll() }
        return await group.next().flatMap { $0 }
    }
}
