import ArgumentParser
import DNSWire

/// `clusterdns lookup NAME`: what a Pod in a namespace gets for a name, step by step, and why.
struct LookupCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Show every step of a name's lookup from a Pod, and why.",
        discussion: "Status 0 where it finds something, 1 where not. An address is looked up as its PTR name.")

    @OptionGroup var registry: RegistryOptions

    @Argument(help: ArgumentHelp("The name as a program would use it, or an address.", valueName: "name"))
    var name: String

    @Option(
        name: [.customLong("from"), .customShort("n"), .customLong("namespace")],
        help: ArgumentHelp("The Pod's namespace; default, or the context's.", valueName: "ns"))
    var namespace: String?

    @Option(help: ArgumentHelp("The record type.", valueName: "type"))
    var type = "A"

    @Option(help: "The option of the Pod's resolv.conf, 0-15.")
    var ndots = 5

    @Option(name: .shortAndLong, help: "text or json.")
    var output = Format.text

    func validate() throws {
        guard (0...15).contains(ndots) else { throw ValidationError("--ndots \(ndots): give a number from 0 to 15") }
        guard RRType(mnemonic: type) != nil else {
            throw ValidationError("--type \(type): give a record type such as A, AAAA, SRV, PTR or TYPE64")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let loaded = try await registry.load(RegistryNeeds.serverState)
            let lookup = try makeLookup(from: registry.namespace(namespace), in: loaded)
            Console.write(output == .json ? lookup.document.json : lookup.report)
            if !lookup.isFound { throw ExitCode.failure }
            try loaded.requireComplete()
        }
    }

    func makeLookup(from namespace: String, in registry: LoadedRegistry) throws(CommandFailure) -> Lookup {
        do throws(WireError) {
            return try Lookup(name, from: namespace, type: RRType(mnemonic: type) ?? .a, ndots: ndots, in: registry)
        } catch {
            throw CommandFailure(
                "\"\(name)\" in namespace \"\(namespace)\" is no domain name: labels have 1-63 octets, a name at most 255"
            )
        }
    }
}
