import ClusterFeed
import ClusterModel
import Foundation
import Glibc
import Testing

/// What a tree of real files gives, look by look.
struct ManifestDirectoryTests {
    let scratch: ScratchDirectory
    var directory: ManifestDirectory

    init() throws {
        scratch = try ScratchDirectory()
        directory = ManifestDirectory(root: scratch.path)
    }

    /// Changes as short words: `+Service web`, `-Service web`.
    private static func words(_ changes: [ClusterChange]) -> [String] {
        changes.map { change in
            switch change {
            case .upserted(let object): "+\(object.kind.rawValue) \(object.metadata.name)"
            case .removed(let kind, let key): "-\(kind.rawValue) \(key.name)"
            case .replaced(let kind, _, _), .retained(let kind, _): "=\(kind.rawValue)"
            }
        }
    }

    private mutating func look() -> [String] { Self.words(directory.scan()) }

    /// A look that only takes note of the standard namespaces and the first files.
    private mutating func begin() { _ = directory.scan() }

    @Test mutating func standardNamespacesAlwaysExist() {
        let namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"]
        #expect(look() == namespaces.map { "+Namespace \($0)" })
        #expect(look() == [])
        #expect(directory.findings == [])
    }

    @Test mutating func createEditDelete() throws {
        begin()
        try scratch.write(Manifests.service("web"), to: "web.yaml")
        #expect(look() == ["+Service web"])
        #expect(look() == [])
        try scratch.write(Manifests.service("web", port: 81) + "---\n" + Manifests.service("b"), to: "web.yaml")
        #expect(look() == ["+Service b", "+Service web"])
        try scratch.write(Manifests.service("b"), to: "web.yaml")
        // The Service moved to another line, which `get` and findings name.
        #expect(look() == ["+Service b", "-Service web"])
        try scratch.remove("web.yaml")
        #expect(look() == ["-Service b"])
    }

    @Test mutating func onlyManifestNamesAreRead() throws {
        begin()
        for name in [".hidden.yaml", "web.yaml~", "notes.txt", ".git/a.yaml"] {
            try scratch.write(Manifests.service("no"), to: name)
        }
        try scratch.write(Manifests.service("a"), to: "a.yml")
        try scratch.write(#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}}"#, to: "x/y/b.json")
        #expect(look() == ["+Service a", "+Service b"])
    }

    @Test mutating func namespacesAreImplied() throws {
        begin()
        try scratch.write("{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}}", to: "a.yaml")
        #expect(look() == ["+Namespace shop", "+Service a"])
        try scratch.write("{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {a: b}}}", to: "n.yaml")
        #expect(look() == ["+Namespace shop"])
        try scratch.remove("n.yaml")
        #expect(look() == ["+Namespace shop"])
        try scratch.remove("a.yaml")
        #expect(look() == ["-Namespace shop", "-Service a"])
    }

    @Test mutating func renameOverAFile() throws {
        try scratch.write(Manifests.service("web"), to: "web.yaml")
        begin()
        try scratch.write(Manifests.service("web", port: 81), to: ".web.yaml.new")
        try scratch.rename(".web.yaml.new", over: "web.yaml")
        #expect(look() == ["+Service web"])
    }

    @Test mutating func halfWrittenFileKeepsItsObjects() throws {
        let text = Manifests.service("web", port: 81)
        try scratch.write(Manifests.service("web"), to: "web.yaml")
        begin()
        for length in [text.count - 12, text.count - 6] {
            try scratch.write(String(text.prefix(length)), to: "web.yaml")
            #expect(look() == [])
            #expect(directory.findings.map(\.severity) == [.error])
            #expect(directory.isIncomplete)
        }
        try scratch.write(text, to: "web.yaml")
        #expect(look() == ["+Service web"])
        #expect(directory.findings == [])
    }

    /// Whoever writes a file anew cuts it first; one that has never had objects may be empty.
    @Test mutating func emptiedFileKeepsItsObjects() throws {
        try scratch.write(Manifests.service("web"), to: "web.yaml")
        try scratch.write("", to: "none.yaml")
        begin()
        #expect(directory.findings == [])
        try scratch.write("", to: "web.yaml")
        #expect(look() == [])
        #expect(directory.findings.map(\.severity) == [.error] && directory.isIncomplete)
        try scratch.write(Manifests.service("web", port: 81), to: "web.yaml")
        #expect(look() == ["+Service web"])
        try scratch.write("# nothing more\n", to: "web.yaml")
        #expect(look() == ["-Service web"])
        #expect(directory.findings == [])
    }

    /// Root may read what has no mode bits, but nobody a link to itself.
    @Test mutating func unreadableFileKeepsItsObjects() throws {
        try scratch.write(Manifests.service("web"), to: "web.yaml")
        begin()
        try scratch.remove("web.yaml")
        try scratch.link("web.yaml", to: "web.yaml")
        #expect(look() == [])
        let finding = try #require(directory.findings.first)
        #expect(directory.findings.count == 1 && finding.severity == .error && directory.isIncomplete)
        #expect(finding.message.contains("cannot be read") && finding.message.contains("its last objects stay"))
        try scratch.remove("web.yaml")
        #expect(look() == ["-Service web"])
    }

    @Test mutating func refusedObjectKeepsItsLastState() throws {
        try scratch.write(Manifests.service("web") + "---\n" + Manifests.service("b"), to: "web.yaml")
        begin()
        let text = Manifests.service("web", port: 99999) + "---\n" + Manifests.service("b", port: 2)
        try scratch.write(text, to: "web.yaml")
        #expect(look() == ["+Service b"])
        #expect(directory.findings.map(\.severity) == [.error])
    }

    @Test mutating func firstFileWins() throws {
        try scratch.write(Manifests.service("web", port: 1), to: "b.yaml")
        begin()
        try scratch.write(Manifests.service("web", port: 2), to: "a.yaml")
        #expect(look() == ["+Service web"])
        let finding = try #require(directory.findings.first)
        #expect(directory.findings.count == 1 && finding.severity == .warning)
        #expect(finding.file == scratch.path + "/b.yaml" && finding.message.contains(scratch.path + "/a.yaml:1"))
        try scratch.remove("a.yaml")
        #expect(look() == ["+Service web"])
        #expect(directory.findings == [])
    }

    @Test mutating func configMapMount() throws {
        try scratch.write(Manifests.service("web"), to: "..2024_1/web.yaml")
        try scratch.link("..data", to: "..2024_1")
        try scratch.link("web.yaml", to: "..data/web.yaml")
        begin()
        #expect(look() == [])
        try scratch.write(Manifests.service("web", port: 81), to: "..2024_2/web.yaml")
        try scratch.link("..data_tmp", to: "..2024_2")
        try scratch.rename("..data_tmp", over: "..data")
        try scratch.remove("..2024_1")
        #expect(look() == ["+Service web"])
        try scratch.remove("..2024_2")
        #expect(look() == [])
        #expect(directory.findings.count == 1)
    }

    @Test mutating func rootGoneAndBack() throws {
        try scratch.write(Manifests.service("web"), to: "tree/web.yaml")
        directory = ManifestDirectory(root: scratch.path + "/tree/")
        begin()
        try scratch.rename("tree", over: "away")
        #expect(look() == [])
        #expect(directory.findings.map(\.file) == [scratch.path + "/tree"])
        try scratch.rename("away", over: "tree")
        #expect(look() == [])
        #expect(directory.findings == [])
        try scratch.remove("tree/web.yaml")
        #expect(look() == ["-Service web"])
    }

    @Test mutating func cyclicLinksEnd() throws {
        try scratch.write(Manifests.service("web"), to: "a/web.yaml")
        try scratch.link("a/loop", to: "..")
        try scratch.link("b", to: "a")
        try scratch.link("self.yaml", to: "self.yaml")
        begin()
        #expect(directory.findings.map(\.file) == [scratch.path + "/self.yaml"])
    }

    @Test(.timeLimit(.minutes(1))) mutating func pipesDevicesAndGiantsAreSkipped() throws {
        try #require(unsafe mkfifo(scratch.path + "/pipe.yaml", 0o600) == 0)
        try scratch.link("zero.yaml", to: "/dev/zero")
        try scratch.makeDirectory("dir.yaml")
        try #require(FileManager.default.createFile(atPath: scratch.path + "/giant.yaml", contents: nil))
        try #require(unsafe truncate(scratch.path + "/giant.yaml", 1 << 30) == 0)
        let start = ContinuousClock.now
        begin()
        #expect(ContinuousClock.now - start < .seconds(1))
        let files = directory.findings.map { $0.file.dropFirst(scratch.path.count + 1) }
        #expect(files == ["giant.yaml", "pipe.yaml", "zero.yaml"])
    }
}
