import APIServerTesting
import ArgumentParser
import Foundation

/// A Kubernetes API server in memory, for scenarios and benchmarks.
@main
struct SimulatedAPIServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "SimulatedAPIServer",
        abstract: "Serves Kubernetes objects from memory, for tests: list, watch and what can go wrong with them.")

    @Option(help: "YAML and JSON files under this directory are loaded.")
    var manifests: String?
    @Option(help: "Objects to make: services=10000,slices=1000,endpoints=100,headless=500.")
    var generate: String?
    @Option(help: "The port on 127.0.0.1; 0 is any.")
    var port = 6443
    @Option(help: "The port of the control API on 127.0.0.1; 0 is any.")
    var controlPort = 0
    @Flag(help: "Serves over TLS, HTTP/2 included, with certificates made at the start.")
    var tls = false
    @Option(help: "Where certificates are made, or are already: ca.crt, server.crt and server.key.")
    var tlsDirectory: String?
    @Flag(help: "Refuses clients without a certificate.")
    var clientCertificates = false
    @Option(help: "Only this token is accepted; it is put into the kubeconfig file.")
    var token: String?
    @Option(help: "Writes a kubeconfig file for this server.")
    var kubeconfig: String?
    @Option(help: "Endpoints that change each second.")
    var churn = 0
    @Option(help: "Versions begin above this one, and nothing before is known: a restart with the state of one before.")
    var revision: UInt64 = 0

    func run() async throws {
        let server = APIServer(try options())
        try load(into: server)
        if revision > 0 { server.compact() }
        server.warm()
        try await server.start()
        let control = try await server.startControl(port: controlPort)
        if let kubeconfig {
            try Data(server.kubeconfig(token: token).utf8).write(to: URL(filePath: kubeconfig), options: .atomic)
        }
        let places = "api \(server.url)\ncontrol http://127.0.0.1:\(control)/_control\nready\n"
        FileHandle.standardOutput.write(Data(places.utf8))
        await server.churn(perSecond: churn)
        // The server runs on its own threads; this one has nothing left to do until a signal ends the process.
        while !Task.isCancelled { try await Task.sleep(for: .seconds(3600)) }
    }

    private func options() throws -> APIServer.Options {
        var options = APIServer.Options()
        options.port = port
        options.needsClientCertificate = clientCertificates
        options.settings.acceptedTokens = token.map { [$0] }
        if revision > 0 { options.firstRevision = revision }
        guard tls || tlsDirectory != nil else { return options }
        if let tlsDirectory, FileManager.default.fileExists(atPath: tlsDirectory + "/server.crt") {
            options.certificates = TestCertificates(existingIn: URL(filePath: tlsDirectory))
        } else {
            let name = "simulated-api-server-\(ProcessInfo.processInfo.processIdentifier)"
            let directory =
                tlsDirectory.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory.appending(path: name)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            options.certificates = try TestCertificates(in: directory)
        }
        return options
    }

    private func load(into server: APIServer) throws {
        if let manifests {
            for file in try FileManager.default.subpathsOfDirectory(atPath: manifests).sorted() {
                guard [".yaml", ".yml", ".json"].contains(where: file.hasSuffix) else { continue }
                let text = try String(contentsOfFile: "\(manifests)/\(file)", encoding: .utf8)
                try server.put(yaml: text, completing: true)
            }
        }
        if let generate {
            for object in try Generator(generate).objects() { try server.put(object) }
        }
    }
}
