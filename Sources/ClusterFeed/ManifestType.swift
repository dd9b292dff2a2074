import ClusterModel

/// The kinds that are read from manifests.
enum ManifestType: String {
    case namespace = "Namespace"
    case service = "Service"
    case endpointSlice = "EndpointSlice"
    case endpoints = "Endpoints"
    case pod = "Pod"
    case configMap = "ConfigMap"
    case secret = "Secret"
    case deployment = "Deployment"
    case replicaSet = "ReplicaSet"
    case statefulSet = "StatefulSet"
    case daemonSet = "DaemonSet"
    case serviceImport = "ServiceImport"

    init?(kind: String) { self.init(rawValue: kind) }

    private var apiVersion: String {
        switch self {
        case .namespace, .service, .endpoints, .pod, .configMap, .secret: "v1"
        case .endpointSlice: "discovery.k8s.io/v1"
        case .deployment, .replicaSet, .statefulSet, .daemonSet: "apps/v1"
        case .serviceImport: "multicluster.x-k8s.io/v1alpha1"
        }
    }

    /// False for a kind of the same name in another API group, which is somebody else's.
    ///
    /// Throws where the version is missing, or is another version of the right group.
    func isServed(in version: String, _ object: ManifestValue) throws(FieldError) -> Bool {
        if version == apiVersion { return true }
        if version.isEmpty { throw FieldError(object, "it has no apiVersion; add apiVersion: \(apiVersion)") }
        if Self.group(version) == Self.group(apiVersion) {
            throw FieldError(object, "apiVersion \(version.quoted) is not served; use \(apiVersion)")
        }
        return false
    }

    func read(_ object: ManifestValue, _ metadata: MetadataReader) throws(FieldError) -> [ClusterObject] {
        let configuration = ConfigurationReader(metadata: metadata)
        switch self {
        case .namespace: return [.namespace(try configuration.namespace(object))]
        case .service: return [.service(try ServiceReader(metadata: metadata).service(object))]
        case .endpointSlice: return [.endpointSlice(try EndpointSliceReader(metadata: metadata).slice(object))]
        case .endpoints:
            return try EndpointsReader(metadata: metadata).slices(object).map { .endpointSlice($0) }
        case .pod: return [.pod(try PodReader(metadata: metadata).pod(object))]
        case .configMap: return [.configMap(try configuration.configMap(object))]
        case .secret: return [.secret(try configuration.secret(object))]
        case .deployment, .replicaSet, .statefulSet, .daemonSet:
            return [.workload(try configuration.workload(object, kind: rawValue))]
        case .serviceImport: return [.serviceImport(try ServiceImportReader(metadata: metadata).serviceImport(object))]
        }
    }

    /// The part before the slash; empty for the core group.
    private static func group(_ version: String) -> Substring {
        version.contains("/") ? version.prefix { $0 != "/" } : ""
    }
}
