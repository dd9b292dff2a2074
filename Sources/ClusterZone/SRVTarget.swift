import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// One (port, address) pair behind an SRV question, and the name the record shows for it.
struct SRVTarget {
    var name: Name
    var address: IPAddress
    var port: UInt16
    var portName: String
    var transport: TransportProtocol

    /// Priority 0, weight 100 shared among the pairs, one record for each (name, port), glue for each target once.
    static func rrset(_ targets: [SRVTarget], ttl: UInt32, isHidden: Bool) -> RRset? {
        guard !targets.isEmpty else { return nil }
        let weight = UInt16(max(1, 100 / targets.count))
        var rdatas: [[UInt8]] = []
        var seen = Set<[UInt8]>()
        var recordOfName: [Name: Int] = [:]
        for target in targets {
            let rdata = RDATA.srv(priority: 0, weight: weight, port: target.port, target: target.name)
            guard seen.insert(rdata).inserted else { continue }
            recordOfName[target.name] = recordOfName[target.name] ?? rdatas.count
            rdatas.append(rdata)
        }
        var glued = Set<Glue>()
        let glue = targets.compactMap { target -> RRset.Glue? in
            guard let record = recordOfName[target.name],
                glued.insert(Glue(record: record, address: target.address)).inserted
            else { return nil }
            return RRset.Glue(
                record: record, type: AddressRecords.type(of: target.address.family), rdata: target.address.octets)
        }
        return RRset(type: .srv, ttl: ttl, rdatas: rdatas, glue: glue, isHidden: isHidden)
    }

    private struct Glue: Hashable {
        var record: Int
        var address: IPAddress
    }
}
