import ArgumentParser

/// A command that gives up rights before it begins.
protocol ConfinedCommand: AsyncParsableCommand {
    /// To be called while the process has one thread; throws where the command cannot do its work.
    func confine() throws
}

/// `clusterdns`: with no subcommand it serves, and takes CoreDNS' flags.
@main
struct ClusterDNS: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusterdns",
        abstract: "DNS for Kubernetes Services, and the environment variables of Pods.",
        discussion:
            "Without a subcommand it serves; CoreDNS' flags (-conf, -dns.port, -pidfile…) are taken as they are.",
        version: Version.banner,
        subcommands: [
            ServeCommand.self, CheckCommand.self, EnvCommand.self, GetCommand.self, LookupCommand.self,
            NamesCommand.self, NodeCommand.self, ZoneCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    /// On the thread that the process began with: what is confined is so before there is a second one.
    @MainActor static func main() async {
        do {
            var command = try parseAsRoot(CoreDNSArguments.translate(Array(CommandLine.arguments.dropFirst())))
            try (command as? any ConfinedCommand)?.confine()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            exit(withError: error)
        }
    }
}
