import Answering
import DNSWire
import DNSZone
import ZoneFiles

/// The keys that `zone --ds` and `zone --sign` are about.
enum ZoneKeys {
    /// Those of the files, or where none is named those of the Corefile's `dnssec` directives; of `name` where one is given.
    static func find(
        files: [String], conf: String?, named name: Name?
    ) throws(CommandFailure) -> [SigningKey] {
        let keys = try files.isEmpty ? configured(conf) : read(files)
        let wanted = keys.filter { name == nil || $0.zone == name }
        guard !wanted.isEmpty else {
            let place = files.isEmpty ? "the Corefile" : "the files"
            let known = Set(keys.map { "\($0.zone)" }).sorted().joined(separator: " ")
            throw CommandFailure(
                name.map { "\(place) have no key of \($0), but of \(known)" }
                    ?? "\(place) have no keys; name them with --key FILE, or in a \"dnssec\" directive")
        }
        return wanted
    }

    private static func read(_ files: [String]) throws(CommandFailure) -> [SigningKey] {
        var keys: [SigningKey] = []
        for file in files {
            switch ZoneKeyFiles.read(file, isDirectory: DiskCorefileLoader.isDirectory(file)) {
            case .success(let read): keys += read.keys
            case .failure(let fault): throw CommandFailure("\(file) \(fault.reason)")
            }
        }
        return keys
    }

    private static func configured(_ conf: String?) throws(CommandFailure) -> [SigningKey] {
        guard let file = conf ?? ConfigurationLoader.defaultFile() else {
            throw CommandFailure("there is no Corefile here; name one with --conf FILE, or keys with --key FILE")
        }
        do {
            let configuration = try ConfigurationLoader(file: file).load()
            return configuration.blocks.flatMap { $0.dnssec?.signers.flatMap(\.keys) ?? [] }
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// A DS and a DNSKEY record for each key; DS of the entry points alone where there are any.
    static func delegation(_ keys: [SigningKey]) throws(CommandFailure) -> String {
        var lines: [String] = []
        for key in keys {
            let peers = keys.filter { $0.zone == key.zone }
            do throws(LDNSError) {
                let records = try LDNSKey.records(of: key)
                if key.isEntryPoint || !peers.contains(where: \.isEntryPoint) { lines.append(records.ds) }
                lines.append(records.dnskey)
            } catch {
                throw CommandFailure("the key of \(key.zone) with tag \(key.tag) has no DS record: \(error.reason)")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The records of a master file, its SOA first, what an earlier signing added not among them.
    static func records(ofFile path: String, apex: Name) throws(CommandFailure) -> [ZoneRecord] {
        let outcome = ZoneFile.read(path, apex: apex)
        for warning in outcome.warnings { Console.say("\(warning)") }
        guard let zone = outcome.zone else {
            throw CommandFailure(outcome.errors.first.map { "\($0)" } ?? "\(path) holds no zone \(apex)")
        }
        var records = [zone.soa]
        zone.forEachRecord { record in
            if ![.rrsig, .nsec, .nsec3, RRType(rawValue: 51)].contains(record.type) { records.append(record) }
        }
        return records
    }

    /// The zone signed with `keys`, from three hours ago for `days`.
    static func sign(_ records: [ZoneRecord], keys: [SigningKey], days: Int) throws(CommandFailure) -> String {
        let now = WallClock.now
        do throws(LDNSError) {
            return try LDNSSignedZone.text(
                records, keys: keys, inception: now - 3 * 3600, expiration: now + Int64(days) * 86_400)
        } catch {
            throw CommandFailure("the zone cannot be signed: \(error.reason)")
        }
    }
}
