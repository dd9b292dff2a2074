import DNSWire
import DNSZone
import NetworkAddress

/// PTR questions: the records are made from the address table and the names of Services.
extension ClusterZone {
    /// nil: there is no such name.
    func answerReverse(
        _ family: IPFamily, _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        guard let prefix = ReversePrefix(query.name, family) else { return nil }
        let reverse = reverse
        guard prefix.isAddress else {
            guard reverse.hasAddress(in: prefix) else { return nil }
            response.answerNegative(apex.soa, query)
            return .answered(.noError)
        }
        switch family {
        case .ipv4:
            let pointers = reverse.ipv4.pointers(to: UInt32(truncatingIfNeeded: prefix.first))
            return answer(pointers, apex, query, &response)
        case .ipv6:
            let pointers = reverse.ipv6.pointers(to: prefix.first)
            return answer(pointers, apex, query, &response)
        }
    }

    private func answer<Key>(
        _ pointers: borrowing PointerList<Key>, _ apex: ZoneApex, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        guard pointers.rows.count > 0 else { return nil }
        guard query.qtype == .ptr || query.qtype == .any else {
            response.answerNegative(apex.soa, query)
            return .answered(.noError)
        }
        let serviceOnly = pointers.belongsToService
        for index in pointers.rows.indices {
            let row = pointers.rows[index]
            if serviceOnly, row.label != PointerLabel.service { continue }
            guard append(row, of: pointers, to: &response) else {
                response.flags |= Query.Flag.truncated
                break
            }
        }
        return .answered(.noError)
    }

    /// False where the record does not fit.
    private func append<Key>(
        _ row: PointerRow<Key>, of pointers: borrowing PointerList<Key>, to response: inout ResponseWriter
    ) -> Bool {
        let table = table
        guard let service = table.block(hash: row.service) else { return true }
        var record = RecordHead(.ptr, ttl: options.ttl)
        switch row.label {
        case PointerLabel.service: break
        case PointerLabel.dashed: record.append(label: DashedLabel(row.address.ipAddress).octets)
        default: record.append(label: pointers.label(at: row.label))
        }
        record.setLength(suffixOctetCount: service.nameOctetCount)
        return response.appendRecord(record.octets, service.name, to: .answer)
    }
}
