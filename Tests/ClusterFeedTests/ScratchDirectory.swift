import Foundation
import Glibc
import Testing

/// A directory that is there for one test and removed with the last reference to it.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "clusterdns-feed-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    /// Renames over what is there, as an editor or the kubelet does.
    func rename(_ from: String, over to: String) throws {
        try #require(unsafe Glibc.rename("\(path)/\(from)", "\(path)/\(to)") == 0)
    }
}

enum Manifests {
    /// A Service of the namespace `default` with one port.
    static func service(_ name: String, clusterIP: String = "10.0.0.9", port: Int = 80) -> String {
        """
        apiVersion: v1
        kind: Service
        metadata: {name: \(name)}
        spec: {clusterIP: "\(clusterIP)", ports: [{port: \(port)}]}

        """
    }
}
