import Answering
import ArgumentParser
import ClusterFeed

/// Where a command reads from: the same configuration and manifests as `serve`.
struct RegistryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The Corefile; ./Corefile or Zones/Corefile where none is named.", valueName: "file"))
    var conf: String?

    @Option(help: ArgumentHelp("The manifests, in place of those the Corefile names.", valueName: "dir"))
    var manifests: String?

    @Option(help: .hidden)
    var kubeconfig: String?

    func validate() throws {
        guard kubeconfig == nil else {
            throw ValidationError(
                "--kubeconfig asks for the Kubernetes API, and this version reads manifests only; use --manifests DIR")
        }
    }

    /// Reads everything once; what is broken in the manifests is said on stderr, and the rest counts.
    ///
    /// Throws where there is no directory of manifests.
    func load() throws -> LoadedRegistry {
        let registry = LoadedRegistry(try RegistryChoice.find(conf: conf, manifests: manifests))
        for finding in registry.findings where finding.severity == .error { Console.say("\(finding)") }
        guard registry.isPresent else {
            throw CommandFailure(
                "there are no manifests in \(registry.definition.source.manifests); name their directory with --manifests"
            )
        }
        return registry
    }
}

extension ParsableCommand {
    /// Runs a command's work; a failure is said on stderr and ends the program with status 1.
    func reportingFailures(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let failure as CommandFailure {
            Console.say(failure.description)
            throw ExitCode.failure
        }
    }
}
