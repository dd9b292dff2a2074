import Answering
import ArgumentParser

/// Serves until SIGTERM, with CoreDNS' flags: `clusterdns` alone, or `clusterdns serve`.
struct ServeCommand: ConfinedCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer DNS queries as a Corefile says (also without a subcommand).")

    @Option(name: .customLong("conf"), help: "The Corefile; ./Corefile, else Zones/Corefile.")
    var corefile: String?

    @Option(name: [.customLong("dns.port"), .customShort("p")], help: "The port of server blocks that name none.")
    var port: UInt16?

    @Option(name: .customLong("pidfile"), help: "Where to write the process ID.")
    var pidFile: String?

    @Flag(name: .customLong("quiet"), help: "Log warnings and errors only.")
    var isQuiet = false

    @Flag(
        name: .customLong("share-port"),
        help: "Share the ports with another server of the same user: for an upgrade in which the old one still answers."
    )
    var sharesPorts = false

    @Flag(name: .customLong("plugins"), help: "Print the directives that are built in, in chain order, and end.")
    var listsPlugins = false

    @OptionGroup var confinement: ConfinementOptions

    func confine() throws {
        if listsPlugins { return }
        let server = try server
        if let pidFile { try PIDFile.write(pidFile) }
        try server.confine(confinement)
    }

    func run() async throws {
        if listsPlugins {
            print(DirectiveOrder.available.map { "dns.\($0)" }.joined(separator: "\n"))
            return
        }
        try await server.run()
    }

    private var server: ServeRuntime {
        get throws {
            try ServeRuntime(corefile: corefile, port: port, isQuiet: isQuiet, sharesPorts: sharesPorts)
        }
    }
}
