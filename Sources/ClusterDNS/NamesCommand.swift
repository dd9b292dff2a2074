import ArgumentParser
import ClusterModel
import ClusterZone

/// `clusterdns names SERVICE`: every DNS name of a Service, or the line that puts them into a certificate.
struct NamesCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, san }

    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "List every DNS name of a Service.",
        discussion: "A certificate for the Service: openssl req … -addext \"$(clusterdns names SERVICE --output san)\"")

    @OptionGroup var registry: RegistryOptions

    @Argument(help: ArgumentHelp("The Service.", valueName: "service"))
    var service: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace; default, or the context's.", valueName: "ns"))
    var namespace: String?

    @Option(name: .shortAndLong, help: "text, json or san (an openssl subjectAltName).")
    var output = Format.text

    func run() async throws {
        try await reportingFailures {
            let namespace = try registry.namespace(namespace)
            let loaded = try await registry.load { _ in .names(inNamespace: namespace) }
            let names = try Self.names(service, namespace, in: loaded.snapshot, loaded.zone)
            switch output {
            case .text: Console.write(names.text)
            case .json: Console.write(names.document.json)
            case .san: Console.write(names.subjectAltName)
            }
            try loaded.requireComplete()
        }
    }

    static func names(
        _ name: String, _ namespace: String, in snapshot: ClusterSnapshot, _ zone: ClusterZone
    ) throws(CommandFailure) -> ServiceNames {
        guard let service = snapshot.services[ObjectKey(namespace: namespace, name: name)] else {
            let others = snapshot.services(inNamespace: namespace).map(\.metadata.name)
            throw .notFound("services", name, inNamespace: namespace, others: others)
        }
        return ServiceNames(service, in: zone)
    }
}
