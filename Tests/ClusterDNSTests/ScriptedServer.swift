import ClusterModel
import KubernetesClient
import KubernetesProtocol
import Synchronization

@testable import ClusterDNS

/// An API server that gives the objects of a snapshot, and forbids what it is told to.
final class ScriptedServer: ObjectReading {
    private let snapshot: ClusterSnapshot
    /// `list services`, `get secrets`, `watch pods`.
    private let forbidden: Set<String>
    private let failure: APIError?
    private let unreadable: [DecodedObject]
    private let asked = Mutex<[String]>([])

    init(
        _ snapshot: ClusterSnapshot, forbidden: Set<String> = [], failure: APIError? = nil,
        unreadable: [DecodedObject] = []
    ) {
        self.snapshot = snapshot
        self.forbidden = forbidden
        self.failure = failure
        self.unreadable = unreadable
    }

    /// Verb, resource, and namespace and name or the selector, in the order they were asked.
    var requests: [String] { asked.withLock { $0 } }

    func objects(
        of resource: APIResource, namespace: String?, labelSelector: String
    ) async throws(APIError) -> APIClient.ObjectList {
        try note("list \(resource.name)", [namespace ?? "", labelSelector])
        let objects = snapshot.keys(of: resource.kind).filter { namespace == nil || $0.namespace == namespace }
            .compactMap { snapshot.object(resource.kind, $0) }
        var list = APIClient.ObjectList()
        list.objects = objects
        list.unreadable = unreadable.filter { $0.kind == resource.kind }
        list.resourceVersion = "7"
        return list
    }

    func object(_ resource: APIResource, namespace: String?, name: String) async throws(APIError) -> DecodedObject? {
        try note("get \(resource.name)", [namespace ?? "", name])
        let key = ObjectKey(namespace: namespace ?? "", name: name)
        return snapshot.object(resource.kind, key).map {
            DecodedObject(kind: resource.kind, key: key, resourceVersion: "1", content: .object($0))
        }
    }

    func tryWatch(_ resource: APIResource, from resourceVersion: String) async throws(APIError) {
        try note("watch \(resource.name)", [resourceVersion])
    }

    private func note(_ request: String, _ rest: [String]) throws(APIError) {
        let words = ([request] + rest.filter { !$0.isEmpty }).joined(separator: " ")
        asked.withLock { $0.append(words) }
        if let failure { throw failure }
        guard forbidden.contains(request) else { return }
        throw APIError(.refused(APIStatus(code: 403)), "The API server forbids the verb \(request).")
    }
}
