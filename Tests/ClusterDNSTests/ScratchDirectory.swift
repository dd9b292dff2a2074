import Foundation

@testable import ClusterDNS

/// A directory of its own for one test, gone with it.
final class ScratchDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "clusterdns-cli-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, with the directories it needs; returns its path.
    @discardableResult func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        let directory = URL(fileURLWithPath: file).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    /// A Corefile for `manifests`, a registry of the given YAML.
    func registry(_ yaml: String, options: String = "pods insecure") throws -> LoadedRegistry {
        try write("manifests/all.yaml", yaml)
        let corefile = try write(
            "Corefile",
            """
            .:53 {
                bind 127.0.0.1
                kubernetes cluster.local in-addr.arpa ip6.arpa {
                    manifests manifests
                    \(options)
                }
            }

            """)
        return LoadedRegistry(try RegistryChoice.find(conf: corefile))
    }
}

/// The tutorial's objects, as short as they can be, and one Service of each other kind.
enum Tutorial {
    static let yaml = """
        apiVersion: v1
        kind: Service
        metadata: {name: kubernetes, namespace: default, creationTimestamp: "2026-01-05T08:00:00Z"}
        spec: {clusterIP: 10.0.0.1, ports: [{name: https, port: 443}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: my-nginx, namespace: default, creationTimestamp: "2026-01-05T09:10:00Z"}
        spec: {clusterIP: 10.0.162.149, selector: {run: my-nginx}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: my-nginx-jr4a2, namespace: default, labels: {run: my-nginx}, creationTimestamp: "2026-01-05T09:00:00Z"}
        spec: {nodeName: minion, containers: [{name: nginx, ports: [{containerPort: 80}]}]}
        status:
          phase: Running
          startTime: "2026-01-05T09:00:02Z"
          podIP: 10.244.3.4
          conditions: [{type: Ready, status: "True"}]
          containerStatuses: [{name: nginx, ready: true, restartCount: 3}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: queue, namespace: other}
        spec: {clusterIP: None, selector: {app: queue}, ports: [{name: amqp, port: 5672}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: queue-0, namespace: other, labels: {app: queue}}
        spec: {containers: [{name: queue}]}
        status: {phase: Running, podIP: 10.244.5.20, conditions: [{type: Ready, status: "False"}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: archive, namespace: other}
        spec: {type: ExternalName, externalName: Archive.example.com}
        """
}
