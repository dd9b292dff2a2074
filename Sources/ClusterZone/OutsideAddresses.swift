import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// Where a Service is reached from outside the cluster: `spec.externalIPs` and what its load balancer was given.
struct OutsideAddresses {
    /// Of the families that are answered, each once.
    private(set) var addresses: [IPAddress] = []
    /// Host names of load balancers; what is no host name is left out.
    private(set) var hostNames: [Name] = []

    init() {}

    /// Nothing for an ExternalName Service, which is only another name.
    init(of service: Service, _ schema: ZoneSchema) {
        guard service.type != .externalName else { return }
        for text in service.externalIPs + service.loadBalancerIngress {
            if let address = IPAddress(text) {
                if schema.serves(address.family), !addresses.contains(address) { addresses.append(address) }
            } else if let name = try? Name(text), Self.isHostName(name), !hostNames.contains(name) {
                hostNames.append(name)
            }
        }
    }

    /// The last label of a host name is no number (RFC 1123 §2.1): that would be an address written in another way.
    private static func isHostName(_ name: Name) -> Bool {
        guard let last = name.labels.last else { return false }
        return !last.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    var isEmpty: Bool { addresses.isEmpty && hostNames.isEmpty }

    /// Writes the SRV records of a Service that has host names alone.
    ///
    /// Its own name is a CNAME, which nothing may stand beside (RFC 1034 §3.6.2); those below it lead to the host names,
    /// since a target may be no alias (RFC 2782).
    func writePorts(of service: Service, base: [UInt8], ttl: UInt32, to writer: inout NameBlockWriter) {
        for transport in TransportProtocol.allCases {
            let ports = service.ports.filter { $0.transport == transport }
            guard !ports.isEmpty, let parent = ServiceBlocks.owner("_" + transport.label, above: base) else { continue }
            write(ports, .hidden, owner: parent, ttl: ttl, to: &writer)
            for port in ports where !port.name.isEmpty {
                guard let owner = ServiceBlocks.owner("_" + port.name, above: parent) else { continue }
                write([port], .none, owner: owner, ttl: ttl, to: &writer)
            }
        }
    }

    private func write(
        _ ports: [ServicePort], _ flags: RRsetFlags, owner: [UInt8], ttl: UInt32, to writer: inout NameBlockWriter
    ) {
        guard !hostNames.isEmpty else { return }
        let weight = UInt16(max(1, 100 / (ports.count * hostNames.count)))
        writer.begin(owner: owner.rawSpan, rrsetCount: 1)
        writer.beginRRset()
        for port in ports {
            for name in hostNames {
                var rdata: [UInt8] = [0, 0]
                for number in [weight, port.port] {
                    rdata += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
                }
                var record: [UInt8] = []
                record.appendRecord(owner: [0xC0, 0x0C], type: .srv, ttl: ttl, rdata: rdata + name.wire)
                _ = writer.append(record: record.rawSpan)
            }
        }
        writer.endRecords()
        writer.endRRset(.srv, flags)
        writer.end()
    }
}
