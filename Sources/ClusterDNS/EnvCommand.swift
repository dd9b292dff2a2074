import ArgumentParser
import ClusterModel

/// `clusterdns env`: the environment that kubelet would give a container.
struct EnvCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print the environment of a Pod's container.",
        discussion: "Without --pod: what a new Pod in the namespace would be told of its Services.")

    @OptionGroup var registry: RegistryOptions

    @Option(help: ArgumentHelp("The Pod.", valueName: "name"))
    var pod: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace; default, or the context's.", valueName: "ns"))
    var namespace: String?

    @Option(help: ArgumentHelp("The container; the Pod's first where none is named.", valueName: "name"))
    var container: String?

    @Flag(help: "Leave out the Services that were created after the Pod started, as the running Pod does.")
    var asStarted = false

    @Option(name: .shortAndLong, help: "env, shell, dotenv, json, yaml or docker.")
    var output = EnvironmentFormat.env

    func validate() throws {
        guard pod == nil else { return }
        if container != nil { throw ValidationError("--container names a container of a Pod; add --pod NAME") }
        if asStarted { throw ValidationError("--as-started is about a Pod that runs; add --pod NAME") }
    }

    func run() async throws {
        try await reportingFailures {
            let request = EnvRequest(
                pod: pod, namespace: try registry.namespace(namespace), container: container,
                view: asStarted ? .asStarted : .now, format: output)
            let loaded = try await registry.load(request)
            let answer = try request.answer(from: loaded.snapshot)
            for finding in answer.findings { Console.say("\(finding)") }
            Console.write(answer.text)
            try loaded.requireComplete()
        }
    }
}

extension EnvironmentFormat: ExpressibleByArgument {}

/// What `env` was asked for.
struct EnvRequest {
    /// nil: a new Pod.
    var pod: String?
    var namespace = "default"
    var container: String?
    var view = ContainerEnvironment.View.now
    var format = EnvironmentFormat.env

    /// The variables as text, and what to say beside them; throws where kubelet would not start the container.
    func answer(from snapshot: ClusterSnapshot) throws(CommandFailure) -> (text: String, findings: [RegistryFinding]) {
        let pod = try subject(in: snapshot)
        let environment: ContainerEnvironment
        do {
            let container =
                pod.containers.isEmpty && container == nil
                ? Container(name: "") : try ContainerEnvironment.container(named: container, of: pod)
            environment = try ContainerEnvironment(container, of: pod, in: snapshot, view: view)
        } catch {
            throw CommandFailure("\(error)")
        }
        let (text, unprintable) = format.render(environment.variables)
        return (text, environment.findings + unprintable)
    }

    private func subject(in snapshot: ClusterSnapshot) throws(CommandFailure) -> Pod {
        guard snapshot.namespaces[namespace] != nil else {
            throw .notFound("namespaces", namespace, inNamespace: nil, others: snapshot.namespaces.keys)
        }
        guard let pod else {
            return Pod(metadata: ObjectMetadata(name: "new", namespace: namespace))
        }
        if let found = snapshot.pods[ObjectKey(namespace: namespace, name: pod)] { return found }
        let others = snapshot.pods.keys.filter { $0.namespace == namespace }.map(\.name)
        throw .notFound("pods", pod, inNamespace: namespace, others: others)
    }
}
