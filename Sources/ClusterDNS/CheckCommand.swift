import ArgumentParser

/// `clusterdns check`: every finding about the configuration and the manifests, with its place.
struct CheckCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the Corefile and the manifests.",
        discussion: "Status 1 where there is an error; warnings alone leave it 0.")

    @OptionGroup var registry: RegistryOptions

    @Option(name: .shortAndLong, help: "text or json.")
    var output = Format.text

    func run() throws {
        try reportingFailures {
            let report = try CheckReport.make(conf: registry.conf, manifests: registry.manifests)
            Console.write(output == .json ? report.document.json : report.text)
            if report.errorCount > 0 { throw ExitCode.failure }
        }
    }
}
