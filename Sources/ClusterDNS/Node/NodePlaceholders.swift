import Corefile
import NetworkAddress

/// What the placeholders in NodeLocal DNSCache's Corefile stand for.
///
/// Its instructions have three of them replaced with sed before it is applied (`LOCAL__DNS`, `DNS__SERVER`,
/// `DNS__DOMAIN`); the other two are node-cache's own to replace (kubernetes/dns, cmd/node-cache/app/configmap.go). Here
/// all five may be left in. `serve` fills in what it can without flags.
struct NodePlaceholders: Sendable {
    static let defaultDomain = "cluster.local"
    static let resolvConf = "/etc/resolv.conf"
    /// Services over the Pods of the cluster's DNS: the one of the published DaemonSet, and kube-dns itself.
    static let usualUpstreamServices = ["kube-dns-upstream", "kube-dns"]

    var localAddresses: [IPAddress] = []
    var domain = Self.defaultDomain
    var upstreamService: String?
    /// Upstreams for names outside the cluster, as `forward` takes them; empty for those of resolv.conf.
    var upstreams: @Sendable () -> [String] = { [] }
    var environment: @Sendable (String) -> String?

    func words(for name: String) throws(CorefileLoadFailure) -> [String] {
        switch name {
        case "__PILLAR__LOCAL__DNS__": return try local(localAddresses)
        case "__PILLAR__DNS__SERVER__": return try local(Array(localAddresses.dropFirst()))
        case "__PILLAR__DNS__DOMAIN__": return [domain]
        case "__PILLAR__CLUSTER__DNS__": return [try clusterDNS().description]
        case "__PILLAR__UPSTREAM__SERVERS__":
            let upstreams = upstreams()
            return upstreams.isEmpty ? [Self.resolvConf] : upstreams
        default:
            throw CorefileLoadFailure(reason: "is no placeholder known here; write what it stands for in its place")
        }
    }

    private func local(_ addresses: [IPAddress]) throws(CorefileLoadFailure) -> [String] {
        guard !localAddresses.isEmpty else {
            throw CorefileLoadFailure(
                reason:
                    "has no value; start \"clusterdns node\" with -localip ADDRESS,… or write the addresses in its place"
            )
        }
        return addresses.map(\.description)
    }

    /// The address that a Pod is told in its environment (`KUBE_DNS_UPSTREAM_SERVICE_HOST`), and not one of ours.
    private func clusterDNS() throws(CorefileLoadFailure) -> IPAddress {
        let services = upstreamService.map { [$0] } ?? Self.usualUpstreamServices
        let variables = services.map(Self.variable)
        for variable in variables {
            guard let text = environment(variable), !text.isEmpty else { continue }
            guard let address = IPAddress(text) else {
                throw CorefileLoadFailure(
                    reason:
                        "is no address: \(variable) is \"\(text)\"; name a Service with a clusterIP with -upstreamsvc")
            }
            if !localAddresses.contains(address) { return address }
            if upstreamService != nil {
                throw CorefileLoadFailure(
                    reason:
                        "would be \(address), which is one of -localip, and ask itself; name another Service over the "
                        + "same Pods with -upstreamsvc")
            }
        }
        throw CorefileLoadFailure(
            reason:
                "has no value: \(variables.joined(separator: " and ")) is not set; create that Service before this Pod, "
                + "name another with -upstreamsvc, or set the variable to the address of the cluster's DNS")
    }

    /// `kube-dns-upstream` is `KUBE_DNS_UPSTREAM_SERVICE_HOST`.
    private static func variable(_ service: String) -> String {
        service.uppercased().split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
            + "_SERVICE_HOST"
    }
}
