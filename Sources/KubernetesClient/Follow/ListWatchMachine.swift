package import KubernetesProtocol

/// Decides what to ask of the server, and what the registry is told: `Reflector`, or a script in a test.
package protocol ListWatchMachine: Sendable {
    /// `now` is monotonic, from any start.
    mutating func handle(_ event: ReflectorEvent, now: Duration) -> [ReflectorAction]
}
