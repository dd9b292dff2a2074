package import KubernetesProtocol

extension APIClient {
    /// Does what `machine` says until the task is cancelled.
    ///
    /// `sink` gets `apply`, `reached`, `synced` and `report`, in order; the next piece of a body is not read before it
    /// returns. When this returns, its connection is closed.
    package func follow(
        _ machine: some ListWatchMachine, keeping: KeptFields,
        sink: @escaping @Sendable (ReflectorAction) async -> Void
    ) async {
        var driver = ReflectorDriver(machine, keeping: keeping, transport: transport, probe: probe, sink: sink)
        await driver.run()
    }
}
