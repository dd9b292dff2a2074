import ClusterModel
import DNSZone
import NetworkAddress

extension ServiceNames {
    /// One section for each way to ask, one name a line with what it is answered with.
    var text: String {
        let namespace = service.metadata.namespace
        var text = "\(service.summary)\n"
        text += section("From Pods of namespace \(namespace):", shortNames.prefix(1).map { [$0] })
        text += section("From Pods of every namespace:", shortNames.dropFirst().map { [$0] })
        text += section("From everywhere:", fullNames.map { [$0 + "."] })
        text += section("Records:", own.map(columns))
        text += section("Ports (SRV):", ports.map(columns))
        text += section("Endpoints:", endpoints.map(columns))
        text += section("Reverse (PTR):", pointers.map(columns))
        return own.isEmpty ? text + "\nNo name is answered now: \(service.silence).\n" : text
    }

    private func columns(_ record: ZoneRecord) -> [String] {
        ["\(record.owner)", "\(record.type)", RecordText.text(of: record.rdata, record.type)]
    }

    private func section(_ title: String, _ rows: [[String]]) -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let padded = zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 - $0.count + 2) }
            return "  " + padded.joined() + (row.last ?? "") + "\n"
        }
        return "\n\(title)\n" + lines.joined()
    }

    var document: StructuredValue {
        .record([
            "service": .string(service.metadata.name), "namespace": .string(service.metadata.namespace),
            "shortNames": .strings(shortNames), "fullNames": .strings(fullNames),
            "certificateNames": .strings(certificateNames), "records": .array(own.map(\.document)),
            "ports": .array(ports.map(\.document)), "endpoints": .array(endpoints.map(\.document)),
            "pointers": .array(pointers.map(\.document)),
        ])
    }
}

extension ZoneRecord {
    var document: StructuredValue {
        .record([
            "name": .string("\(owner)"), "type": .string("\(type)"), "ttl": .integer(Int(ttl)),
            "data": .string(RecordText.text(of: rdata, type)),
        ])
    }
}

extension Service {
    /// `Service default/my-nginx, ClusterIP 10.0.162.149 (service.yaml:3)`.
    var summary: String { "Service \(key), \(kindText)\(metadata.source.map { " (\($0))" } ?? "")" }

    private var kindText: String {
        if type == .externalName { return "ExternalName \(externalName)" }
        if isHeadless { return "headless" }
        let addresses = clusterIPs.map(\.description).joined(separator: " ")
        return "\(type.rawValue) \(addresses.isEmpty ? "without an address" : addresses)"
    }

    /// Why such a Service may have no names.
    fileprivate var silence: String {
        if type == .externalName { return "its externalName is an address or no host name" }
        if isHeadless { return "it is headless and has no ready endpoint" }
        return "it has no address, or the configuration leaves it out"
    }
}
