import Answering
import ClusterFeed
import ClusterModel
import KubernetesClient
import KubernetesProtocol

/// Reads the objects a command needs from a Kubernetes API, by one list a resource.
struct APIRegistryReader {
    let server: any ObjectReading
    let source: APISource
    private(set) var store = ClusterStore()
    private(set) var findings: [Finding] = []
    /// Kinds that may not be read: nothing is known of them.
    private(set) var unread: Set<ObjectKind> = []

    init(_ server: any ObjectReading, _ source: APISource) {
        self.server = server
        self.source = source
    }

    /// Lists everything in `needs`, one resource after the other.
    ///
    /// Throws where the server gives no answer, and where it forbids what is required.
    mutating func read(_ needs: RegistryNeeds) async throws(CommandFailure) {
        for resource in needs.resources {
            if resource.resource == .namespaces, let namespace = needs.namespace {
                try await readNamespace(namespace)
            } else {
                try await readList(resource, needs)
            }
        }
    }

    private mutating func readList(_ read: FollowedResource, _ needs: RegistryNeeds) async throws(CommandFailure) {
        let resource = read.resource
        let listing: APIClient.ObjectList
        do throws(APIError) {
            listing = try await server.objects(
                of: resource, namespace: resource.isNamespaced ? needs.namespace : nil,
                labelSelector: read.labelSelector)
        } catch {
            if resource.isOptional, error.isAbsent {
                return report("\(error) Their names do not exist until then.", .info)
            }
            if needs.required.contains(resource) { throw CommandFailure(error.description) }
            return try goOn(without: resource, error, needs.helpful.contains(resource) ? .info : .error)
        }
        keep(listing.objects)
        for object in listing.unreadable { report(object) }
        if needs.watched.contains(resource) { try await tryWatch(resource, from: listing.resourceVersion) }
    }

    /// One Namespace by name; where reading it is forbidden, it counts as there.
    mutating func readNamespace(_ name: String) async throws(CommandFailure) {
        do throws(APIError) {
            keep(try await server.object(.namespaces, namespace: nil, name: name))
        } catch {
            guard error.isForbidden else { throw CommandFailure(error.description) }
            report("\(error) The namespace is taken to exist.", .warning)
            keep([.namespace(Namespace(metadata: ObjectMetadata(name: name, namespace: "")))])
        }
    }

    private mutating func tryWatch(_ resource: APIResource, from version: String) async throws(CommandFailure) {
        do throws(APIError) { try await server.tryWatch(resource, from: version) } catch {
            guard error.isForbidden else { throw CommandFailure(error.description) }
            report("\(error) Without it the server would not see changes.")
        }
    }

    /// Notes that a resource may not be read; rethrows any other trouble.
    mutating func goOn(
        without resource: APIResource, _ error: APIError, _ severity: Finding.Severity = .error
    ) throws(CommandFailure) {
        guard error.isForbidden else { throw CommandFailure(error.description) }
        unread.insert(resource.kind)
        report("\(error) What follows does without \(resource.name).", severity)
    }

    mutating func keep(_ objects: [ClusterObject]) { _ = store.apply(objects.map { .upserted($0) }) }

    mutating func keep(_ decoded: DecodedObject?) {
        switch decoded?.content {
        case .object(let object): keep([object])
        case .unreadable: decoded.map { report($0) }
        case nil: break
        }
    }

    private mutating func report(_ decoded: DecodedObject) {
        guard case .unreadable(let sentence) = decoded.content else { return }
        let name = decoded.key.map { " \($0)" } ?? ""
        report("\(decoded.kind.rawValue)\(name) is skipped: \(sentence)")
    }

    private mutating func report(_ message: String, _ severity: Finding.Severity = .error) {
        findings.append(Finding(severity, file: source.connection.place, message: message))
    }
}

extension APIError {
    /// Whether the server does not serve what was asked for.
    var isAbsent: Bool {
        guard case .refused(let status) = reason else { return false }
        return status.code == 404
    }

    /// Whether the server knows who asks, and RBAC does not let them.
    var isForbidden: Bool {
        guard case .refused(let status) = reason else { return false }
        return status.code == 403
    }
}
