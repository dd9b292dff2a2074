import Answering
import DNSWire
import DNSZone
import Logging
import NIOCore
import Serving
import Transfers

/// Keeps the copies of `secondary`: a task for each zone, which asks its primaries as the timers and NOTIFY say.
actor ServeSecondaries {
    private struct Key: Hashable {
        var definition: ZoneSetDefinition
        var apex: Name
    }

    /// A copy that is looked after.
    private struct Copy {
        var task: Task<Void, Never>
        var events: AsyncStream<Event>.Continuation
        var updater: ZoneUpdater?
        /// From version to version, for other secondaries.
        var journal: ZoneJournal
        /// Where the copy is kept.
        var file: ZoneCopyFile?
        /// The version in the file, and when it was written.
        var kept: (serial: UInt32, time: ContinuousClock.Instant)?
        var wasTried = false
        /// What was said of each primary last; empty once one has answered.
        var troubles: [UpstreamAddress: TransferFailure] = [:]
    }

    private enum Event { case time, notify(primary: Int) }

    /// A copy that changes all the time is written this often at most; what is newer comes by differences again.
    private static let keepInterval = Duration.seconds(30)
    /// Words of primaries that may wait.
    private static let wordCountMax = 256

    private let compiler: StateCompiler
    private let metrics: ServeMetrics
    private let client: TransferClient
    private let logger: Logger
    private let start = ContinuousClock.now
    private var copies: [Key: Copy] = [:]
    private var listener: Task<Void, Never>?
    /// Octets of differences that each copy keeps.
    private var journalOctetCountMax = 0

    init(compiler: StateCompiler, metrics: ServeMetrics, group: any EventLoopGroup, logger: Logger) {
        self.compiler = compiler
        self.metrics = metrics
        self.logger = logger
        client = TransferClient(group: group)
    }

    /// Follows the zones of every `secondary` among `definitions`, and forgets all others; differences are kept where
    /// somebody may have them.
    func refresh(_ definitions: [ZoneSetDefinition], keepsDifferences: Bool) async {
        listen()
        journalOctetCountMax = keepsDifferences ? ZoneJournal.octetCountDefault : 0
        for key in copies.keys { copies[key]?.journal.octetCountMax = journalOctetCountMax }
        var wanted = Set<Key>()
        for definition in definitions {
            guard case .secondary(let source) = definition.source else { continue }
            for apex in definition.zones {
                let key = Key(definition: definition, apex: apex)
                wanted.insert(key)
                if copies[key] == nil { follow(key, source) }
            }
        }
        for (key, copy) in copies where !wanted.contains(key) {
            copy.task.cancel()
            copies[key] = nil
            metrics.noteCopy(of: key.apex, age: nil)
        }
    }

    func stop() async {
        listener?.cancel()
        for (key, copy) in copies {
            copy.task.cancel()
            if let zone = copy.updater?.zone { await keep(zone, key, isLast: true) }
        }
        copies = [:]
    }

    /// Takes the word of primaries, once and for all.
    private func listen() {
        guard listener == nil else { return }
        let (words, continuation) = AsyncStream.makeStream(
            of: NotifyEvent.self, bufferingPolicy: .bufferingNewest(Self.wordCountMax))
        compiler.notifies.attach { continuation.yield($0) }
        listener = Task { for await event in words { take(event) } }
    }

    private func take(_ event: NotifyEvent) {
        copies[Key(definition: event.definition, apex: event.apex)]?.events.yield(.notify(primary: event.primary))
    }

    private func follow(_ key: Key, _ source: SecondaryDefinition) {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(8))
        let task = Task { await run(key, source, events, continuation) }
        copies[key] = Copy(
            task: task, events: continuation, journal: ZoneJournal(octetCountMax: journalOctetCountMax),
            file: source.stateDirectory.map { ZoneCopyFile(directory: $0, apex: key.apex) })
    }

    private var now: Duration { ContinuousClock.now - start }

    private func run(
        _ key: Key, _ source: SecondaryDefinition, _ events: AsyncStream<Event>,
        _ continuation: AsyncStream<Event>.Continuation
    ) async {
        var timers = SecondaryTimers(primaryCount: source.primaries.count, expiry: source.expiry, at: now)
        var iterator = events.makeAsyncIterator()
        await restore(key, &timers)
        while !Task.isCancelled {
            switch timers.next(at: now) {
            case .ask(let primary): await ask(source.primaries[primary], source.tls, key, &timers)
            case .expire:
                logger.error(
                    "plugin/secondary: the copy of \(key.apex) has expired, as no primary has answered; its names get SERVFAIL"
                )
                metrics.noteCopy(of: key.apex, age: nil)
                await set(nil, key)
            case .wait(let time):
                let pause = time - now
                let timer = Task {
                    // A timer that is no longer needed must not wake what has set the next one.
                    guard (try? await Task.sleep(for: pause)) != nil else { return }
                    continuation.yield(.time)
                }
                let event = await iterator.next()
                timer.cancel()
                if case .notify(let primary) = event { timers.notified(by: primary, at: now) }
            }
        }
    }

    private func ask(
        _ primary: SecondaryDefinition.Primary, _ tls: ClientTLS, _ key: Key, _ timers: inout SecondaryTimers
    ) async {
        let old = copies[key]?.updater?.zone
        do throws(TransferFailure) {
            let zone = try await transfer(primary, tls, key, old)
            guard !Task.isCancelled else { return }
            timers.refreshed(zone.soa, at: now)
            metrics.noteCopy(of: key.apex, age: .zero)
            copies[key]?.troubles = [:]
            if zone !== old { await set(zone, key) }
            await keep(zone, key)
        } catch {
            guard !Task.isCancelled else { return }
            timers.failed(at: now)
            metrics.countTransfer("failed")
            if copies[key]?.troubles.updateValue(error, forKey: primary.place) != error {
                logger.warning("plugin/secondary: \(key.apex) from \(primary.place): \(error)")
            }
            if copies[key]?.wasTried == false { await set(old, key) }
        }
    }

    private func restore(_ key: Key, _ timers: inout SecondaryTimers) async {
        guard let file = copies[key]?.file,
            let (zone, age) = await Task.detached(operation: { file.read() }).value, !Task.isCancelled
        else { return }
        timers.restored(zone.soa, goodAt: now - age)
        metrics.noteCopy(of: key.apex, age: age)
        copies[key]?.kept = (zone.serial, .now)
        await set(zone, key)
    }

    /// Writes the copy to its file where that has another version, or says there that it is still good.
    private func keep(_ zone: Zone, _ key: Key, isLast: Bool = false) async {
        guard let copy = copies[key], let file = copy.file else { return }
        guard zone.serial != copy.kept?.serial else { return isLast ? () : file.touch() }
        if !isLast, let time = copy.kept?.time, .now - time < Self.keepInterval { return }
        copies[key]?.kept = (zone.serial, .now)
        do { try await Task.detached(operation: { try file.write(zone) }).value } catch {
            logger.error("plugin/secondary: \(file.path) cannot be written (\(error)); see to its directory")
        }
    }

    /// By differences where there is a copy to apply them to, and all of it where that does not do.
    private func transfer(
        _ primary: SecondaryDefinition.Primary, _ tls: ClientTLS, _ key: Key, _ old: Zone?
    ) async throws(TransferFailure) -> Zone {
        let apex = key.apex
        guard let old else { return try await whole(primary, tls, apex) }
        do throws(TransferFailure) {
            switch try await client.ask(primary, tls, for: apex, since: old.soa) {
            case .unchanged(let serial):
                metrics.countTransfer("unchanged")
                if serial != old.serial {
                    logger.warning(
                        "plugin/secondary: \(primary.place) has \(apex) with serial \(serial), which is older than \(old.serial) here; raise it there"
                    )
                }
                return old
            case .whole(let zone):
                metrics.countTransfer("whole")
                return zone
            case .differences(let differences):
                metrics.countTransfer("differences")
                // What comes and goes on the way costs nothing then.
                guard let whole = ZoneDifference(joining: differences) else { return old }
                do { try copies[key]?.updater?.apply(whole) } catch { throw .invalid(error) }
                copies[key]?.journal.append(whole)
                return copies[key]?.updater?.zone ?? old
            }
        } catch {
            switch error {
            case .unreachable, .handshake, .cut, .signature, .refused(.notAuth), .refused(.refused): throw error
            default: break
            }
            logger.info("plugin/secondary: no differences of \(apex) from \(primary.place): \(error)")
            let zone = try await whole(primary, tls, apex)
            return SerialNumber.isNewer(zone.serial, than: old.serial) ? zone : old
        }
    }

    private func whole(
        _ primary: SecondaryDefinition.Primary, _ tls: ClientTLS, _ apex: Name
    ) async throws(TransferFailure) -> Zone {
        guard case .whole(let zone) = try await client.ask(primary, tls, for: apex, since: nil) else {
            throw .outOfOrder
        }
        metrics.countTransfer("whole")
        return zone
    }

    private func set(_ zone: Zone?, _ key: Key) async {
        if copies[key]?.updater?.zone !== zone { copies[key]?.updater = zone.map { ZoneUpdater($0) } }
        copies[key]?.wasTried = true
        if let zone { logger.info("plugin/secondary: \(key.apex) has serial \(zone.serial) now") }
        let own = copies.filter { $0.key.definition == key.definition }
        var zones: [Name: Zone] = [:]
        var journals: [Name: ZoneJournal] = [:]
        for (key, copy) in own { (zones[key.apex], journals[key.apex]) = (copy.updater?.zone, copy.journal) }
        let set = ZoneSet(
            apexes: key.definition.zones, zones: zones, journals: journals,
            wasTried: own.values.allSatisfy(\.wasTried))
        await compiler.apply(set, for: key.definition)
    }
}
