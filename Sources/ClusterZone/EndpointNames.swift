package import ClusterModel
package import NetworkAddress

/// An address of a published endpoint, its label under the Service, and the ports behind it.
struct PublishedEndpoint: Hashable {
    var label: [UInt8]
    var address: IPAddress
    var ports: [EndpointPort]
}

package enum EndpointNames {
    /// The label of an endpoint: its hostname, else its Pod's name where asked for, else its address with dashes.
    package static func label(of endpoint: Endpoint, at address: IPAddress, podNames: Bool) -> String {
        if !endpoint.hostname.isEmpty { return endpoint.hostname.lowercased() }
        if podNames, let target = endpoint.target, (1...63).contains(target.name.utf8.count), !target.name.contains(".")
        {
            return target.name.lowercased()
        }
        return dashed(address)
    }

    /// `10.1.2.3` -> `10-1-2-3`; `fd00::` -> `fd00--0`, since a label that ends in a dash is no host name.
    package static func dashed(_ address: IPAddress) -> String {
        let text = address.description
        let dashed = String(text.map { $0 == "." || $0 == ":" ? "-" : $0 })
        return text.hasSuffix("::") ? dashed + "0" : dashed
    }
}

extension ServiceView {
    /// The published endpoints in address order, one entry for each (label, address), the ports of all slices joined.
    func publishedEndpoints(_ options: ClusterZoneOptions) -> [PublishedEndpoint] {
        guard !options.noEndpoints else { return [] }
        var places: [PublishedEndpoint: Int] = [:]
        var published: [PublishedEndpoint] = []
        for slice in slices where slice.addressType != .fqdn {
            for endpoint in slice.endpoints where endpoint.isPublished {
                for address in endpoint.addresses where options.families.contains(address.family) {
                    let label = EndpointNames.label(of: endpoint, at: address, podNames: options.endpointPodNames)
                    let key = PublishedEndpoint(label: Array(label.utf8), address: address, ports: [])
                    if let place = places[key] {
                        let known = published[place].ports
                        published[place].ports += slice.ports.filter { !known.contains($0) }
                    } else {
                        places[key] = published.count
                        published.append(PublishedEndpoint(label: key.label, address: address, ports: slice.ports))
                    }
                }
            }
        }
        return published.sorted {
            $0.address != $1.address ? $0.address < $1.address : $0.label.lexicographicallyPrecedes($1.label)
        }
    }

    /// The one host name behind a headless Service whose slices hold nothing else (rule 18).
    func soleHostName(_ options: ClusterZoneOptions) -> String? {
        let published = slices.flatMap(\.endpoints).filter(\.isPublished)
        let names = Set(published.flatMap(\.hostNames))
        let hasAddress = published.contains { !$0.addresses.isEmpty }
        return names.count == 1 && !hasAddress && !options.noEndpoints ? names.first : nil
    }
}
