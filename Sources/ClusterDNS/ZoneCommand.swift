import ArgumentParser

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

    func run() async throws {
        try await reportingFailures {
            let name = name ?? zone
            let loaded = try await registry.load(RegistryNeeds.zone, ofZone: name)
            Console.write(try MasterFile.text(of: loaded.zone, named: name))
            try loaded.requireComplete()
        }
    }
}
