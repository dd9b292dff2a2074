import Answering
import Confinement
import Corefile
import Foundation
import KubernetesClient
import Synchronization

/// What a configuration has to read and to write for as long as it is served.
struct ServeNeeds {
    /// Of the files in a directory of manifests so many are looked at; one user has written the others too.
    private static let manifestCountMax = 1_000

    /// Files, and directories of manifests.
    private(set) var read: [String] = []
    /// Those of the registry files, each once.
    private(set) var stateDirectories: [String] = []
    private var stateFiles: [String] = []
    /// A kubeconfig names a program that gives the credentials.
    private(set) var runsPrograms = false

    /// `corefiles` are the files that the configuration was read from.
    init(_ configuration: ServerConfiguration?, corefiles: [String]) {
        read = corefiles
        guard let configuration else { return }
        read += configuration.certificateFiles + configuration.hosts.compactMap(\.file)
        read += configuration.secretFiles
        read += configuration.nameserverFiles.sorted()
        read += configuration.blocks.flatMap { $0.dnssec?.files ?? [] }
        for definition in configuration.zoneSets {
            switch definition.source {
            case .file(let path): read.append(path)
            case .directory(let directory): read.append(directory.path)
            case .secondary(let source):
                if let directory = source.stateDirectory, !stateDirectories.contains(directory) {
                    stateDirectories.append(directory)
                }
            }
        }
        for source in configuration.registries.map(\.source) {
            if let file = source.stateFile { add(stateFile: file) }
            if let directory = source.manifests?.directory { read.append(directory) }
            if let api = source.api { add(api) }
        }
    }

    private mutating func add(stateFile file: String) {
        let directory = ConfigurationLoader.directory(of: file)
        if !stateDirectories.contains(directory) { stateDirectories.append(directory) }
        stateFiles.append(file)
    }

    private mutating func add(_ api: APISource) {
        if case .kubeconfig(let file, _) = api.connection { read.append(file) }
        guard let server = try? api.serverConfiguration else { return }
        read += server.files
        if case .plugin = server.login.authorization { runsPrograms = true }
    }

    /// The first path that `user` may not use as the server has to; nil where there is none.
    func lacking(for user: ServerUser) -> String? {
        for path in read {
            let isDirectory = DiskCorefileLoader.isDirectory(path)
            if !user.may(isDirectory ? .search : .read, path) { return path }
            if isDirectory, let file = Self.lacking(in: path, for: user) { return file }
        }
        for directory in stateDirectories where !user.may(.write, directory) || !user.may(.search, directory) {
            return directory
        }
        return stateFiles.flatMap { file in ["", "-wal", "-shm"].map { file + $0 } }.first {
            !user.may(.write, $0) || !user.may(.read, $0)
        }
    }

    private static func lacking(in directory: String, for user: ServerUser) -> String? {
        guard let files = FileManager.default.enumerator(atPath: directory) else { return nil }
        for case let name as String in files.prefix(manifestCountMax) {
            let path = "\(directory)/\(name)"
            if !user.may(DiskCorefileLoader.isDirectory(path) ? .search : .read, path) { return path }
        }
        return nil
    }
}

extension APIServerConfiguration {
    /// The files that are read again while the server runs.
    fileprivate var files: [String] {
        var sources: [PEMSource] = []
        if case .authority(let source) = trust { sources.append(source) }
        if let certificate = login.certificate { sources += [certificate.chain, certificate.key] }
        var files = sources.compactMap { if case .file(let path) = $0 { path } else { nil } }
        if case .tokenFile(let path) = login.authorization { files.append(path) }
        return files
    }
}

/// Reads as another loader does, and keeps the paths of what it read.
final class PathRecorder: CorefileLoader {
    private let loader: any CorefileLoader & Sendable
    private let read = Mutex<[String]>([])

    init(_ loader: any CorefileLoader & Sendable) { self.loader = loader }

    var paths: [String] { read.withLock { $0 } }

    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
        let contents = try loader.contents(of: path, limit: limit)
        read.withLock { $0.append(path) }
        return contents
    }

    func files(matching pattern: String) -> [String] { loader.files(matching: pattern) }
    func environmentVariable(_ name: String) -> String? { loader.environmentVariable(name) }

    func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String] {
        try loader.words(forPlaceholder: name)
    }
}
