package import ClusterModel
import DNSWire
package import NetworkAddress

/// The label under a Service that an address of it has.
enum EndpointLabel: Hashable, Sendable {
    /// None: the address is the Service's own.
    case service
    /// The address with dashes; such names are computed, not stored.
    case dashed
    /// A hostname or a Pod's name, in lower case.
    case named([UInt8])
}

package enum EndpointNames {
    /// The label of an endpoint: its hostname, else its Pod's name where asked for, else its address with dashes.
    package static func label(of endpoint: Endpoint, at address: IPAddress, podNames: Bool) -> String {
        let target = podNames ? endpoint.target?.name ?? "" : ""
        return ownLabel(hostname: endpoint.hostname.utf8, podName: target.utf8).map {
            String(decoding: $0, as: UTF8.self)
        }
            ?? dashed(address)
    }

    /// `10.1.2.3` -> `10-1-2-3`; `fd00::` -> `fd00--0`, since a label that ends in a dash is no host name.
    package static func dashed(_ address: IPAddress) -> String {
        String(decoding: dashedOctets(address), as: UTF8.self)
    }

    /// nil where nothing but its address names the endpoint.
    static func ownLabel(hostname: some Collection<UInt8>, podName: some Collection<UInt8>) -> [UInt8]? {
        if !hostname.isEmpty { return hostname.map(CaseFolding.fold) }
        guard (1...Name.labelOctetCountMax).contains(podName.count), !podName.contains(UInt8(ascii: ".")) else {
            return nil
        }
        return podName.map(CaseFolding.fold)
    }

    static func dashedOctets(_ address: IPAddress) -> [UInt8] {
        let label = DashedLabel(address)
        var octets: [UInt8] = []
        octets.append(octetsOf: label.octets)
        return octets
    }
}
