import Answering
import KubernetesClient
import Logging
import NIOCore
import NIOPosix

extension APISource {
    /// Runs `body` with a client of the source's server; its connections are closed afterwards.
    ///
    /// Throws where the kubeconfig or the environment does not say which server, and what `body` throws.
    func withClient<Result>(
        _ body: (APIClient) async throws(CommandFailure) -> Result
    ) async throws(CommandFailure) -> Result {
        let configuration: APIServerConfiguration
        do throws(ConfigurationError) { configuration = try serverConfiguration } catch {
            throw CommandFailure(error.description)
        }
        let client = APIClient(
            configuration, limits: APIClientLimits(limits), group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "kubernetes") { _ in SwiftLogNoOpLogHandler() })
        let result: Swift.Result<Result, CommandFailure>
        do throws(CommandFailure) { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.shutdown()
        return try result.get()
    }
}
