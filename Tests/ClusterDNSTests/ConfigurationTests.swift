import Answering
import Corefile
import Foundation
import NetworkAddress
import Testing

@testable import ClusterDNS

struct DiskCorefileLoaderTests {
    private let loader = DiskCorefileLoader()

    /// As Kubernetes mounts a ConfigMap (pkg/volume/util, atomic_writer.go): links beside a hidden `..data`.
    @Test func hiddenDuplicatesAreLeftOut() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("custom/..2026_01/a.server", "a")
        func link(_ name: String, _ target: String) throws {
            let path = "\(scratch.path)/custom/\(name)"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        }
        try link("..data", "..2026_01")
        try link("a.server", "..data/a.server")
        try scratch.write("custom/directory.server/x", "x")
        #expect(loader.files(matching: "\(scratch.path)/custom/*.server") == ["\(scratch.path)/custom/a.server"])
        #expect(loader.files(matching: "\(scratch.path)/custom/..*/*.server") == [])
        #expect(loader.files(matching: "\(scratch.path)/none/*") == [])
        #expect(try loader.contents(of: "\(scratch.path)/custom/a.server", limit: 9) == Array("a".utf8))
    }

    @Test func aLongFileIsCut() throws {
        let file = try ScratchDirectory()
        let path = try file.write("f", String(repeating: "x", count: 100_000))
        #expect(try loader.contents(of: path, limit: 70_000).count == 70_001)
        #expect(try loader.contents(of: path, limit: 100_000).count == 100_000)
    }

    struct Row: Sendable { var path: String, want: String }

    @Test(arguments: [
        Row(path: "/nonexistent", want: "no such file or directory"), Row(path: "/", want: "is a directory"),
    ])
    func failure(_ row: Row) {
        let failure = #expect(throws: CorefileLoadFailure.self) { try loader.contents(of: row.path, limit: 1) }
        #expect(failure?.reason == row.want)
    }
}

struct ConfigurationLoaderTests {
    @Test func portAndInterfaces() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write("Corefile", ". {\n    bind lo0\n}\n")
        let interfaces = ["lo0": [IPAddress("127.0.0.1")].compactMap(\.self)]
        let configuration = try ConfigurationLoader(file: file, defaultPort: 1053, interfaces: interfaces).load()
        #expect(configuration.listeners.map(\.address.description) == ["dns://127.0.0.1:1053"])
    }

    @Test func relativePathsStartBesideTheFile() throws {
        let scratch = try ScratchDirectory()
        let registry = try scratch.registry(Tutorial.yaml)
        #expect(registry.definition.source.manifests?.directory == "\(scratch.path)/manifests")
        #expect(ConfigurationLoader.directory(of: "Corefile") == ".")
        #expect(ConfigurationLoader.directory(of: "/Corefile") == "/")
    }

    @Test func otherManifestsInPlaceOfTheFiles() throws {
        let scratch = try ScratchDirectory()
        _ = try scratch.registry(Tutorial.yaml, options: "service_cidr 10.7.0.0/16")
        let choice = try RegistryChoice.find(conf: "\(scratch.path)/Corefile", .manifests("/elsewhere"))
        #expect(choice.definition.source.manifests?.directory == "/elsewhere")
        #expect(choice.definition.source.manifests?.serviceRanges.map(\.description) == ["10.7.0.0/16"])
    }

    @Test func manifestsAloneHaveTheTutorialsRange() throws {
        let choice = try RegistryChoice.find(conf: nil, .manifests("/elsewhere"))
        #expect(choice.definition.source.manifests?.directory == "/elsewhere")
        #expect(
            choice.definition.source.manifests?.serviceRanges.map(\.description) == ["10.0.0.0/16", "fd00:10::/108"])
    }

    @Test func kubeconfigAlone() throws {
        let choice = try RegistryChoice.find(conf: nil, .kubeconfig(file: "/home/a/.kube/config", context: "dev"))
        #expect(
            choice.definition.source.api?.connection == .kubeconfig(file: "/home/a/.kube/config", context: "dev"))
        #expect(choice.definition.source.api?.needs == .endpointSlices)
    }

    @Test func kubeconfigInPlaceOfWhatTheFileNames() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(
            "Corefile", ". {\n    kubernetes z.test {\n        labels a=b\n        pods verified\n    }\n}\n")
        let choice = try RegistryChoice.find(conf: file, .kubeconfig(file: "k", context: nil))
        let source = try #require(choice.definition.source.api)
        #expect(source.connection == .kubeconfig(file: "k", context: nil))
        #expect(source.objectSelector == "a=b" && source.needs.contains(.pods))
    }

    @Test func noKubernetesDirective() throws {
        let file = try ScratchDirectory()
        let path = try file.write("Corefile", ".  {\n    errors\n}\n")
        let failure = #expect(throws: CommandFailure.self) { try RegistryChoice.find(conf: path) }
        #expect(failure?.description.contains("no \"kubernetes\" directive") == true)
    }
}
