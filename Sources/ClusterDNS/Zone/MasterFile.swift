import ClusterZone
import DNSWire
import DNSZone

/// A zone of the cluster as a master file (RFC 1035 §5): the SOA first, then every record in canonical order.
///
/// Lists what questions are answered with. Not in it: names computed when they are asked for (`pods insecure`, SRV
/// questions without underscores), and empty non-terminals, which have no records.
enum MasterFile {
    /// Throws where the registry has no zone of that name; nil is the primary zone.
    static func text(of zone: ClusterZone, named text: String?) throws(CommandFailure) -> String {
        try records(of: zone, named: text).map { $0.text + "\n" }.joined()
    }

    /// The records of the file in its order; throws as `text` does.
    static func records(of zone: ClusterZone, named text: String?) throws(CommandFailure) -> [ZoneRecord] {
        let index = try index(of: zone, text)
        let soa = ZoneRecord(owner: zone.apexes[index].name, soa: zone.apexes[index].soa)
        return [soa] + zone.records(ofApex: index)
    }

    private static func index(of zone: ClusterZone, _ text: String?) throws(CommandFailure) -> Int {
        let known = zone.apexes.map { "\($0.name)" }.joined(separator: " ")
        let name = text.map { try? Name($0) } ?? zone.options.forwardZones.first
        guard let name, let index = zone.apexes.firstIndex(where: { $0.name == name }) else {
            throw CommandFailure("\"\(text ?? "")\" is no zone of the registry; its zones are \(known)")
        }
        return index
    }
}
