import Answering
import Corefile
import DNSWire
import Foundation
import Logging

/// Reads hosts files when they change, each at its own interval, and hands their tables to the compiler.
actor ServeHosts {
    /// A hosts file has a line for a host; one over this is no hosts file.
    private static let octetCountMax = 64 << 20

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
        do { text = try DiskCorefileLoader().contents(of: file, limit: Self.octetCountMax) } catch {
            let message =
                "plugin/hosts: \(file) cannot be read (\(error.reason)), so its last names stay; see to the file"
            if unreadable.insert(definition).inserted { logger.warning("\(message)") }
            return false
        }
        unreadable.remove(definition)
        if text.count > Self.octetCountMax {
            logger.warning("plugin/hosts: \(file) is over 64 MiB, and only its first part counts; shorten it")
        }
        let entries = HostsEntry.parse(String(decoding: text.prefix(Self.octetCountMax), as: UTF8.self))
        await compiler.apply(HostsTable(definition.inline + entries, definition: definition), for: definition)
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
