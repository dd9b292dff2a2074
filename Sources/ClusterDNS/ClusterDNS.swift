import ArgumentParser

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

    static func main() async {
        await main(CoreDNSArguments.translate(Array(CommandLine.arguments.dropFirst())))
    }
}
