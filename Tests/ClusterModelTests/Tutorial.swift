import ClusterModel
import NetworkAddress

/// The objects of "Connecting Applications with Services", as its text shows them.
enum Tutorial {
    static let podNames = ["my-nginx-3800858182-jr4a2", "my-nginx-3800858182-kna2y"]

    static func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(ipv4: 0) }

    static func service(
        _ name: String, in namespace: String = "default", _ addresses: [String] = [], created: Int64? = nil,
        ports: [ServicePort] = [ServicePort(port: 80)], selector: [String: String] = [:]
    ) -> Service {
        Service(
            metadata: ObjectMetadata(name: name, namespace: namespace, creationTime: created),
            clusterIPs: addresses.map(address), ports: ports, selector: selector)
    }

    static func pod(
        _ name: String, _ addresses: [String], in namespace: String = "default",
        labels: [String: String] = ["run": "my-nginx"], node: String = ""
    ) -> Pod {
        Pod(
            metadata: ObjectMetadata(name: name, namespace: namespace, labels: labels),
            podIPs: addresses.map(address), nodeName: node,
            containers: [Container(name: "my-nginx", ports: [ContainerPort(port: 80)])])
    }

    static let kubernetes = service("kubernetes", ["10.0.0.1"], ports: [ServicePort(name: "https", port: 443)])
    static let kubeDNS = service(
        "kube-dns", in: "kube-system", ["10.0.0.10"],
        ports: [ServicePort(name: "dns", transport: .udp, port: 53), ServicePort(name: "dns-tcp", port: 53)])
    static let myNginx = service("my-nginx", created: 1000, selector: ["run": "my-nginx"])
    static let pods = [
        pod(podNames[0], ["10.244.3.4"], node: "kubernetes-minion-905m"),
        pod(podNames[1], ["10.244.2.5"], node: "kubernetes-minion-ljyd"),
    ]

    /// The registry after all of them were read, with `service_cidr` 10.0.0.0/16.
    static func registry() -> EmbeddedRegistry {
        var registry = EmbeddedRegistry(ranges: [AddressPrefix("10.0.0.0/16")].compactMap { $0 })
        let services = [kubernetes, kubeDNS, myNginx].map { ClusterChange.upserted(.service($0)) }
        _ = registry.apply(services + pods.map { .upserted(.pod($0)) })
        return registry
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
