import ArgumentParser
import DNSWire
import DNSZone

/// `clusterdns zone [NAME]`: the cluster zone as a master file.
struct ZoneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zone",
        abstract: "Print a zone as a master file.",
        discussion: "Lists every record that is answered; names computed when asked for are not among them.")

    @OptionGroup var registry: RegistryOptions

    @Argument(help: ArgumentHelp("The zone, a reverse one too; the first one of the registry.", valueName: "zone"))
    var name: String?

    @Option(help: ArgumentHelp("The zone, in place of the argument.", valueName: "zone"))
    var zone: String?

    @Flag(help: "Print the DS and DNSKEY records of the zone's keys in place of the zone.")
    var ds = false

    @Flag(help: "Sign the zone with the keys, and print it with its NSEC records.")
    var sign = false

    @Option(
        help: ArgumentHelp("A key pair, or a directory of them; those of the Corefile's dnssec.", valueName: "file"))
    var key: [String] = []

    @Option(help: ArgumentHelp("The master file to sign, in place of a zone of the registry.", valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("How long the signatures are to hold.", valueName: "days"))
    var days = 30

    func validate() throws {
        if ds, sign { throw ValidationError("--ds and --sign print two things; keep one") }
        if file != nil, !sign { throw ValidationError("--file is what --sign signs; add --sign") }
        if file != nil, (name ?? zone) == nil { throw ValidationError("--file needs the name of its zone: add it") }
        if !(1...3650).contains(days) { throw ValidationError("--days takes 1 to 3650") }
    }

    func run() async throws {
        try await reportingFailures {
            let name = name ?? zone
            if ds || sign {
                Console.write(try await keyed(name))
                return
            }
            let loaded = try await registry.load(RegistryNeeds.zone, ofZone: name)
            Console.write(try MasterFile.text(of: loaded.zone, named: name))
            try loaded.requireComplete()
        }
    }

    /// What the zone's keys make: their own records, or the zone signed.
    private func keyed(_ text: String?) async throws(CommandFailure) -> String {
        let named = try text.map { text throws(CommandFailure) in
            guard let name = try? Name(text) else { throw CommandFailure("\"\(text)\" is no name of a zone") }
            return name
        }
        if ds { return try ZoneKeys.delegation(ZoneKeys.find(files: key, conf: registry.conf, named: named)) }
        let records: [ZoneRecord]
        if let file, let named {
            records = try ZoneKeys.records(ofFile: file, apex: named)
        } else {
            let loaded = try await registry.load(RegistryNeeds.zone, ofZone: text)
            records = try MasterFile.records(of: loaded.zone, named: text)
        }
        let keys = try ZoneKeys.find(files: key, conf: registry.conf, named: records.first?.owner)
        return try ZoneKeys.sign(records, keys: keys, days: days)
    }
}
