import Answering
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

    init(compiler: StateCompiler, metrics: ServeMetrics, logger: Logger) {
        self.compiler = compiler
        self.metrics = metrics
        self.logger = logger
    }

    /// Reads every file of `definitions` that changed and is due; `first` reads them whatever the interval.
    func refresh(_ definitions: [HostsDefinition], first: Bool = false) async {
        for definition in definitions {
            guard let file = definition.file, first || isDue(definition) else { continue }
            dueTimes[definition] = .now + definition.reloadInterval
            guard let stamp = Self.stamp(of: file), stamp != stamps[definition] else { continue }
            stamps[definition] = stamp
            await read(file, definition)
        }
    }

    private func isDue(_ definition: HostsDefinition) -> Bool {
        guard definition.reloadInterval > .zero else { return stamps[definition] == nil }
        return dueTimes[definition].map { $0 <= .now } ?? true
    }

    private func read(_ file: String, _ definition: HostsDefinition) async {
        guard let handle = FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: Self.octetCountMax)
        else {
            logger.warning("plugin/hosts: \(file) cannot be read, so its last content stays; see to its rights")
            return
        }
        let entries = HostsEntry.parse(String(decoding: data, as: UTF8.self))
        await compiler.apply(HostsTable(definition.inline + entries, definition: definition), for: definition)
        metrics.noteHostsRead()
    }

    private static func stamp(of file: String) -> Stamp? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        guard let modified = attributes?[.modificationDate] as? Date, let size = attributes?[.size] as? Int else {
            return nil
        }
        return Stamp(modified: modified, size: size)
    }
}
