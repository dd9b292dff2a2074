import Answering
import ArgumentParser
import ClusterFeed
import KubernetesClient

/// Where a command reads from: what `serve` reads, or manifests or a cluster that are named beside it.
struct RegistryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The Corefile; ./Corefile or Zones/Corefile where none is named.", valueName: "file"))
    var conf: String?

    @Option(help: ArgumentHelp("The manifests, in place of those the Corefile names.", valueName: "dir"))
    var manifests: String?

    @Option(
        help: ArgumentHelp(
            "The cluster to read, in place of what the Corefile names; by lists only.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The context in the kubeconfig; its current one where none is named.", valueName: "ctx"))
    var context: String?

    func validate() throws {
        if context != nil, kubeconfig == nil {
            throw ValidationError("--context chooses in a kubeconfig; add --kubeconfig FILE")
        }
        if manifests != nil, kubeconfig != nil {
            throw ValidationError("--manifests and --kubeconfig are two registries; keep one")
        }
    }

    var substitute: RegistryChoice.Substitute? {
        if let manifests { return .manifests(manifests) }
        return kubeconfig.map { .kubeconfig(file: $0, context: context) }
    }

    /// The namespace a command is about: the one that is `named`, else that of the kubeconfig's context.
    ///
    /// Throws where the kubeconfig cannot be read.
    func namespace(_ named: String?) throws(CommandFailure) -> String {
        if let named { return named }
        guard let kubeconfig else { return "default" }
        do throws(ConfigurationError) {
            return try APIServerConfiguration.namespace(file: kubeconfig, context: context) ?? "default"
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// Reads what the command needs, once, of the first registry or of the one that holds a zone; what is broken is said on stderr, and the rest counts.
    ///
    /// Throws where there is no directory of manifests, or the server does not answer.
    func load(
        _ needs: (RegistryDefinition) throws(CommandFailure) -> RegistryNeeds, ofZone zone: String? = nil
    ) async throws(CommandFailure) -> LoadedRegistry {
        var choice = try RegistryChoice.find(conf: conf, substitute)
        if let zone { choice = choice.holding(zone, substitute) }
        return try said(await .load(choice, needs(choice.definition)))
    }

    /// As `load`, with what one `env` needs.
    func load(_ request: EnvRequest) async throws(CommandFailure) -> LoadedRegistry {
        try said(await .load(RegistryChoice.find(conf: conf, substitute), request))
    }

    private func said(_ registry: LoadedRegistry) throws(CommandFailure) -> LoadedRegistry {
        // Of manifests only `check` tells the warnings; an API server's are about this very command.
        let isAPI = registry.definition.source.api != nil
        for finding in registry.findings where isAPI || finding.severity == .error { Console.say("\(finding)") }
        guard registry.isPresent else {
            throw CommandFailure(
                "there are no manifests in \(registry.definition.source.place); name their directory with --manifests"
            )
        }
        return registry
    }
}

extension LoadedRegistry {
    /// Ends a command that said all it could with status 1 where reading something was forbidden.
    func requireComplete() throws {
        guard unread.isEmpty else { throw ExitCode.failure }
    }
}

extension ParsableCommand {
    /// Runs a command's work; a failure is said on stderr and ends the program with status 1.
    func reportingFailures(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let failure as CommandFailure {
            Console.say(failure.description)
            throw ExitCode.failure
        }
    }
}
