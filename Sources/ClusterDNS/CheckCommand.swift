import ArgumentParser

/// `clusterdns check`: every finding about the configuration and its registries, with its place.
struct CheckCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the Corefile and what it serves.",
        discussion: "Status 1 where there is an error; warnings alone leave it 0.")

    @OptionGroup var registry: RegistryOptions

    @Option(name: .shortAndLong, help: "text or json.")
    var output = Format.text

    func run() async throws {
        try await reportingFailures {
            let report = try await CheckReport.make(conf: registry.conf, registry.substitute)
            Console.write(output == .json ? report.document.json : report.text)
            if report.errorCount > 0 { throw ExitCode.failure }
        }
    }
}
