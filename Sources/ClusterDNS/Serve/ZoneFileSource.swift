import Answering
import DNSWire
import DNSZone
import Foundation
import ZoneFiles

/// The master files of one `file` or `auto` directive, and what was read from them last.
struct ZoneFileSource: Sendable {
    /// Files of one directory that are looked at.
    static let fileCountMax = 100_000

    /// What came of a look at the files.
    struct Change: Sendable {
        /// Whether the zones are others than before.
        var isChanged = false
        /// Sentences for the log: each once, for as long as it stays true.
        var errors: [String] = []
        var warnings: [String] = []
        /// Files that could not be used, this time.
        var failureCount = 0
    }

    private struct Stamp: Equatable {
        var modified: Date
        var size: Int
        var inode: Int

        init?(of file: String) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            guard let modified = attributes?[.modificationDate] as? Date, let size = attributes?[.size] as? Int else {
                return nil
            }
            (self.modified, self.size) = (modified, size)
            inode = attributes?[.systemFileNumber] as? Int ?? 0
        }
    }

    /// One zone with its file.
    private struct Held {
        var file: String
        var zone: Zone?
        /// From version to version, for secondaries.
        var journal = ZoneJournal(octetCountMax: 0)
        var digest = 0
        var stamps: [String: Stamp?] = [:]
        var errors: [ZoneFile.Finding] = []
        var warnings: [ZoneFile.Finding] = []
        var signatures = Signatures()
    }

    /// What is known of the signatures of a zone that was signed elsewhere; times in seconds since 1970.
    private struct Signatures {
        var checkTime: Int64?
        /// When the first one ends.
        var end: Int64?
        var warning: ZoneFile.Finding?

        /// They are looked at when the zone is new, and once a day when the end is near.
        func isDue(at now: Int64) -> Bool {
            guard let checkTime else { return true }
            guard let end, end - now < SignatureExpiry.warningSeconds else { return false }
            return now - checkTime >= 86_400
        }
    }

    let definition: ZoneSetDefinition
    /// Whether what led to a zone's version is kept from the next one on.
    var keepsDifferences = false
    private var held: [Name: Held] = [:]
    private var directoryError: String?

    init(_ definition: ZoneSetDefinition) { self.definition = definition }

    /// The zones as they are.
    var set: ZoneSet {
        let apexes: [Name] =
            switch definition.source {
            case .file, .secondary: definition.zones
            case .directory: Array(held.keys)
            }
        return ZoneSet(
            apexes: apexes, zones: held.compactMapValues(\.zone), journals: held.mapValues(\.journal), wasTried: true)
    }

    /// Everything wrong with the files, whether it is new or not.
    var findings: (errors: [ZoneFile.Finding], warnings: [ZoneFile.Finding]) {
        let all = held.values.sorted { $0.file < $1.file }
        var errors = all.flatMap(\.errors)
        if case .directory(let directory) = definition.source, let directoryError {
            errors.append(ZoneFile.Finding(file: directory.path, line: 0, message: directoryError))
        }
        return (errors, all.flatMap { $0.warnings + ($0.signatures.warning.map { [$0] } ?? []) })
    }

    /// Reads what is new or has changed; a file that cannot be used leaves its zone as it is.
    mutating func look() -> Change {
        var change = Change()
        switch definition.source {
        case .file(let path):
            for apex in definition.zones { read(path, apex, &change) }
        case .directory(let directory):
            let files = files(of: directory, &change)
            for apex in held.keys where files[apex] == nil && directoryError == nil {
                held[apex] = nil
                change.isChanged = true
            }
            for (apex, path) in files { read(path, apex, &change) }
        case .secondary: break
        }
        checkSignatures(at: WallClock.now, &change)
        return change
    }

    /// When the first signature of any zone ends, in seconds since 1970; nil where none is signed.
    var signaturesEnd: Int64? { held.values.compactMap(\.signatures.end).min() }

    private mutating func checkSignatures(at now: Int64, _ change: inout Change) {
        for (apex, one) in held {
            guard let zone = one.zone, zone.isSigned, one.signatures.isDue(at: now) else { continue }
            var expiry = SignatureExpiry(at: now)
            zone.forEachRecord { expiry.take($0) }
            let warning = expiry.warning.map {
                ZoneFile.Finding(file: one.file, line: 0, message: "the zone \(apex) \($0)")
            }
            held[apex]?.signatures = Signatures(
                checkTime: now, end: expiry.secondsLeft.map { now + $0 }, warning: warning)
            if let warning { change.warnings.append(warning.description) }
        }
    }

    private mutating func read(_ path: String, _ apex: Name, _ change: inout Change) {
        var zone = held[apex] ?? Held(file: path)
        if held[apex] == nil { change.isChanged = true }
        let isSame = zone.file == path && !zone.stamps.isEmpty && zone.stamps.allSatisfy { Stamp(of: $0) == $1 }
        guard !isSame else { return }
        zone.file = path
        let before = Stamp(of: path)
        let outcome = ZoneFile.read(path, apex: apex)
        zone.stamps = [path: before]
        for file in outcome.files where file != path { zone.stamps[file] = Stamp(of: file) }
        if let next = outcome.zone {
            if zone.digest != outcome.digest || zone.zone == nil { take(next, outcome.digest, &zone, &change) }
        } else {
            change.failureCount += 1
        }
        if outcome.errors != zone.errors { change.errors += Self.lines(outcome.errors, keepsZone: zone.zone != nil) }
        if outcome.warnings != zone.warnings { change.warnings += outcome.warnings.map(\.description) }
        (zone.errors, zone.warnings) = (outcome.errors, outcome.warnings)
        held[apex] = zone
    }

    private func take(_ next: Zone, _ digest: Int, _ held: inout Held, _ change: inout Change) {
        let old = held.zone
        // Forward by RFC 1982: secondaries take no other step.
        let isNewer = old.map { Int32(bitPattern: next.serial &- $0.serial) > 0 } ?? true
        if let old, !isNewer {
            change.warnings.append(
                "\(held.file): the zone \(next.apex) has changed and its serial went from \(old.serial) to "
                    + "\(next.serial), so that secondaries will not fetch it; raise the serial")
        }
        held.journal.octetCountMax = keepsDifferences ? ZoneJournal.octetCountDefault : 0
        if keepsDifferences, let old, isNewer,
            let difference = old.difference(to: next, octetCountMax: held.journal.octetCountMax)
        {
            held.journal.append(difference)
        } else {
            held.journal.removeAll()
        }
        (held.zone, held.digest, held.signatures) = (next, digest, Signatures())
        change.isChanged = true
    }

    private static func lines(_ findings: [ZoneFile.Finding], keepsZone: Bool) -> [String] {
        let shown = 10
        var lines = findings.prefix(shown).map(\.description)
        if findings.count > shown { lines.append("\(findings[0].file): \(findings.count - shown) errors more") }
        if let file = findings.first?.file {
            let state = keepsZone ? "the zone before it stays" : "its names get SERVFAIL"
            lines.append("\(file) cannot be used, so \(state)")
        }
        return lines
    }

    /// The file of each zone; of two for one zone the first by path counts.
    private mutating func files(of directory: ZoneDirectory, _ change: inout Change) -> [Name: String] {
        let old = directoryError
        directoryError = nil
        guard DiskCorefileLoader.isDirectory(directory.path),
            let names = FileManager.default.enumerator(atPath: directory.path)
        else {
            directoryError = "is no directory that can be read, so its last zones stay; see to the directory"
            if old == nil { change.errors.append("\(directory.path) \(directoryError ?? "")") }
            return [:]
        }
        var paths: [String] = []
        for case let name as String in names.prefix(Self.fileCountMax) { paths.append(name) }
        var files: [Name: String] = [:]
        for path in paths.sorted() where !path.split(separator: "/").contains(where: { $0.hasPrefix("..") }) {
            guard let apex = directory.apex(ofFile: path.split(separator: "/").last.map(String.init) ?? path),
                definition.zones.contains(where: { apex.isAtOrBelow($0) }), files[apex] == nil,
                case let whole = directory.path + "/" + path, !DiskCorefileLoader.isDirectory(whole)
            else { continue }
            files[apex] = whole
        }
        return files
    }
}
