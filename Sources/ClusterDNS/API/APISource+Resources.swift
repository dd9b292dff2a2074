import Answering
import ClusterFeed
import KubernetesClient
import KubernetesProtocol

extension APISource {
    /// What the server watches, each with no more of its objects than the answers need.
    var followedResources: [FollowedResource] {
        var resources = [
            FollowedResource(.namespaces, labelSelector: namespaceSelector),
            FollowedResource(
                .services, labelSelector: objectSelector,
                keptFields: needs.contains(.outsideAddresses) ? [.outsideAddresses] : []),
        ]
        if needs.contains(.endpointSlices) {
            let kept: KeptFields = needs.contains(.endpointPodNames) ? [.targets] : []
            resources.append(FollowedResource(.endpointSlices, labelSelector: objectSelector, keptFields: kept))
        }
        if needs.contains(.pods) { resources.append(FollowedResource(.pods, labelSelector: objectSelector)) }
        if needs.contains(.serviceImports) { resources.append(FollowedResource(.serviceImports)) }
        return resources
    }
}

extension APIClientLimits {
    init(_ limits: APISource.RequestLimits) {
        self.init(rate: limits.rate, burst: limits.burst, inFlight: limits.inFlight)
    }
}
