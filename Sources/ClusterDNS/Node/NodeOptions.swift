import Corefile
import NetworkAddress
import NodeNetwork

/// What `clusterdns node` was started with.
struct NodeOptions: Sendable {
    /// Where node-cache looks for its Corefile: the ConfigMap of the published DaemonSet is mounted there.
    static let defaultBaseCorefile = "/etc/coredns/Corefile.base"
    /// Where node-cache looks for kube-dns' ConfigMap.
    static let defaultKubeDNSDirectory = "/etc/kube-dns"

    /// `-localip`: the addresses that Pods ask.
    var localAddresses: [IPAddress] = []
    /// `-domain`.
    var domain = NodePlaceholders.defaultDomain
    /// `-upstreamsvc`: the Service whose address answers for the cluster; nil for the usual ones.
    var upstreamService: String?
    /// `-kubednscm`: kube-dns' ConfigMap, a file for each key; nil for none.
    var kubeDNSDirectory: String?
    /// `-interfacename`.
    var link = NodeAddresses.defaultLink
    /// `-setupinterface`.
    var setsUpLink = true
    /// `-setupnftables`, node-cache's `-setupiptables`.
    var setsUpRules = true
    /// `-skipteardown`: addresses and rules stay when the process ends.
    var leavesNetwork = false
    /// `-metrics-listen-address`; nil for none.
    var metricsAddress: HostAndPort?
    /// `-health-port`.
    var healthPort: UInt16 = 8080
    /// `-syncinterval`: how often the rules are looked at.
    var rulesInterval = Duration.seconds(60)
    /// What has gone wrong since the start.
    let errors = NodeSetupErrors()
}
