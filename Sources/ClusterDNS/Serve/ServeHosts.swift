import Answering
import Corefile
import DNSWire
import Foundation
import Logging

/// Reads hosts files when they change, each at its own interval, and hands their tables to the compiler.
actor ServeHosts {
    private struct Stamp: Equatable {
        var modified: Date
        var size: Int
    }

    private let compiler: StateCompiler
    private let metrics: ServeMetrics
    private let logger: Logger
    private var stamps: [HostsDefinition: Stamp] = [:]
    private var dueTimes: [HostsDefinition: ContinuousClock.Instant] = [:]
    private var unreadable = Set<HostsDefinition>()

    init(compiler: StateCompiler, metrics: ServeMetrics, logger: Logger) {
        self.compiler = compiler
        self.metrics = metrics
        self.logger = logger
    }

    /// Reads every file of `definitions` that is due and changed, and forgets all others.
    func refresh(_ definitions: [HostsDefinition]) async {
        stamps = stamps.filter { definitions.contains($0.key) }
        dueTimes = dueTimes.filter { definitions.contains($0.key) }
        for definition in definitions {
            guard let file = definition.file, isDue(definition) else { continue }
            dueTimes[definition] = .now + definition.reloadInterval
            let stamp = Self.stamp(of: file)
            guard stamp != stamps[definition] || stamp == nil else { continue }
            if await read(file, definition) { stamps[definition] = stamp }
        }
    }

    /// A file is due when it was never looked at, and then once an interval; with an interval of 0 never again.
    private func isDue(_ definition: HostsDefinition) -> Bool {
        guard let due = dueTimes[definition] else { return true }
        return definition.reloadInterval > .zero && due <= .now
    }

    /// Returns whether the file could be read; a sentence says so where it could the last time.
    private func read(_ file: String, _ definition: HostsDefinition) async -> Bool {
        let text: [UInt8]
        do { text = try DiskCorefileLoader().contents(of: file, limit: HostsList.fileOctetCountMax) } catch {
            let message =
                "plugin/hosts: \(file) cannot be read (\(error.reason)), so its last names stay; see to the file"
            if unreadable.insert(definition).inserted { logger.warning("\(message)") }
            return false
        }
        unreadable.remove(definition)
        if text.count > HostsList.fileOctetCountMax {
            logger.warning("plugin/hosts: \(file) is over 64 MiB, and only its first part counts; shorten it")
        }
        var list = HostsList(definition)
        list.append(file: text)
        if list.passedOverCount > 0 {
            logger.warning(
                "plugin/hosts: \(file) has \(list.passedOverCount) names over the bound of \(HostsList.nameCountMax), and they do not count; shorten it"
            )
        }
        await compiler.apply(HostsTable(list, definition: definition), for: definition)
        metrics.noteHostsRead()
        return true
    }

    private static func stamp(of file: String) -> Stamp? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        guard let modified = attributes?[.modificationDate] as? Date, let size = attributes?[.size] as? Int else {
            return nil
        }
        return Stamp(modified: modified, size: size)
    }
}
