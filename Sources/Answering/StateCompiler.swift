package import ClusterModel
import ClusterZone

/// Turns configuration, registries and hosts files into states, and hands each to `publish`.
///
/// The only writer of the data plane. A change of one object costs the shards it touches; a change of configuration
/// compiles anew only the zones whose options differ.
package actor StateCompiler {
    private struct Registry {
        var snapshot = ClusterSnapshot()
        var isComplete = false
        var serials = SerialNumbers()
    }

    private var configuration: ServerConfiguration
    private var registries: [RegistrySource: Registry] = [:]
    private var zones: [RegistryDefinition: ClusterZone] = [:]
    /// Of those that are transferred.
    private var journals: [RegistryDefinition: ClusterJournals] = [:]
    private var hosts: [HostsDefinition: HostsTable] = [:]
    private var forwards: [ForwardDefinition: ForwardGroup] = [:]
    private var zoneSets: [ZoneSetDefinition: ZoneSet] = [:]
    private var generation: UInt64 = 0
    /// Where the word of primaries goes, whatever the state.
    package nonisolated let notifies = NotifyInbox()
    private let now: @Sendable () -> UInt32
    private let reserve: @Sendable (RegistrySource, UInt32) -> Void
    private var publish: (@Sendable (ServingState) -> Void)?

    /// `now` gives seconds since 1970; `reserve` stores a serial mark in the registry file before the serial is used.
    package init(
        configuration: ServerConfiguration, now: @escaping @Sendable () -> UInt32,
        reserve: @escaping @Sendable (RegistrySource, UInt32) -> Void
    ) {
        self.configuration = configuration
        self.now = now
        self.reserve = reserve
    }

    /// The first state, for workers to start with.
    package func start() -> ServingState {
        compileMissing()
        return makeState()
    }

    /// Makes sources known before their first objects come; `marks` are the serials that their registry files kept.
    package func expect(_ sources: Set<RegistrySource>, marks: [RegistrySource: UInt32]) {
        for source in sources where registries[source] == nil {
            registries[source] = Registry(serials: SerialNumbers(mark: marks[source] ?? 0))
        }
    }

    /// Whether every one of `sources` has reported once.
    package func isComplete(_ sources: Set<RegistrySource>) -> Bool {
        sources.allSatisfy { registries[$0]?.isComplete ?? false }
    }

    /// Where every later state goes.
    package func attach(_ publish: @escaping @Sendable (ServingState) -> Void) { self.publish = publish }

    /// Applies what a registry reports; `snapshot` is the registry after `delta`, which is complete from then on.
    ///
    /// The first report of a source is its snapshot, whatever `delta` says.
    package func apply(_ delta: ClusterDelta, snapshot: ClusterSnapshot, from source: RegistrySource) {
        // A source that the configuration has dropped may still be ending.
        guard registries[source] != nil else { return }
        registries[source]?.snapshot = snapshot
        let wasComplete = registries[source]?.isComplete ?? false
        registries[source]?.isComplete = true
        guard !delta.isEmpty || !wasComplete else { return }
        let serial = nextSerial(source)
        for definition in configuration.registries where definition.source == source {
            guard wasComplete else {
                zones[definition] = ClusterZone(
                    options: definition.options, serial: serial, snapshot: snapshot, filter: definition.filter)
                continue
            }
            let filtered = definition.filter.filtered(delta, in: snapshot)
            apply(filtered, serial, to: definition)
        }
        publishState()
    }

    private func apply(_ delta: ClusterDelta, _ serial: UInt32, to definition: RegistryDefinition) {
        guard let old = zones[definition] else { return }
        guard let journals = journals[definition] else {
            zones[definition] = old.applying(delta, serial: serial, isComplete: true)
            return
        }
        let (next, change) = old.applyingWithChange(delta, serial: serial, isComplete: true)
        journals.append(change, from: old, to: next)
        zones[definition] = next
    }

    /// Replaces the table of a `hosts` directive.
    package func apply(_ table: HostsTable, for definition: HostsDefinition) {
        hosts[definition] = table
        publishState()
    }

    /// Replaces the zones of a `file`, `auto` or `secondary` directive.
    package func apply(_ set: ZoneSet, for definition: ZoneSetDefinition) {
        zoneSets[definition] = set
        publishState()
    }

    /// Takes a new configuration; registries keep the objects they have.
    package func apply(_ next: ServerConfiguration) {
        configuration = next
        zones = zones.filter { next.registries.contains($0.key) }
        hosts = hosts.filter { next.hosts.contains($0.key) }
        forwards = forwards.filter { next.forwards.contains($0.key) }
        zoneSets = zoneSets.filter { next.zoneSets.contains($0.key) }
        let sources = Set(next.registries.map(\.source))
        registries = registries.filter { sources.contains($0.key) }
        compileMissing()
        publishState()
    }

    private func compileMissing() {
        for definition in configuration.registries where zones[definition] == nil {
            let registry = registries[definition.source] ?? Registry()
            let serial = nextSerial(definition.source)
            zones[definition] =
                registry.isComplete
                ? ClusterZone(
                    options: definition.options, serial: serial, snapshot: registry.snapshot, filter: definition.filter)
                : ClusterZone(options: definition.options, serial: serial)
        }
        journals = journals.filter { configuration.hasTransfers && configuration.registries.contains($0.key) }
        for definition in configuration.registries where configuration.hasTransfers && journals[definition] == nil {
            journals[definition] = ClusterJournals()
        }
        for definition in configuration.hosts where hosts[definition] == nil {
            hosts[definition] = HostsTable(inline: definition)
        }
        for definition in configuration.forwards where forwards[definition] == nil {
            forwards[definition] = ForwardGroup(definition)
        }
        for definition in configuration.zoneSets where zoneSets[definition] == nil {
            zoneSets[definition] = ZoneSet(apexes: definition.zones)
        }
    }

    private func nextSerial(_ source: RegistrySource) -> UInt32 {
        var serials = registries[source, default: Registry()].serials
        let (serial, mark) = serials.next(now: now())
        registries[source, default: Registry()].serials = serials
        if let mark { reserve(source, mark) }
        return serial
    }

    private func publishState() { publish?(makeState()) }

    private func makeState() -> ServingState {
        generation += 1
        return ServingState(
            generation: generation, configuration: configuration,
            zones: configuration.registries.compactMap { zones[$0] },
            journals: configuration.registries.compactMap { journals[$0] },
            hosts: configuration.hosts.compactMap { hosts[$0] },
            forwards: configuration.forwards.compactMap { forwards[$0] },
            zoneSets: configuration.zoneSets.compactMap { zoneSets[$0] }, notifies: notifies)
    }
}
