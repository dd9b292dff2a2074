import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// Names that are not in the table but follow from it; only a miss comes here.
extension ClusterZone {
    /// nil: there is no such name.
    func compute(_ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter) -> ZoneOutcome? {
        let depth = query.name.labelCount - apex.suffix.labelCount - serviceDepth
        return switch depth {
        case 2 where options.pods == .insecure && query.name.label(2, is: "pod"):
            computePod(apex, query, &response)
        case 3 where isBelowServices(query.name, depth: depth):
            computeEndpoint(apex, query, &response) ?? computeProtocol(apex, query, &response)
        case 4 where isBelowServices(query.name, depth: depth):
            computePort(apex, query, &response)
        default:
            nil
        }
    }

    /// Whether `depth` labels of the name are those of a Service and its parts.
    private func isBelowServices(_ name: borrowing FoldedName, depth: Int) -> Bool {
        serviceDepth == 0 || name.label(depth, is: "svc")
    }

    /// `1-2-3-4.NS.pod.Z` under `pods insecure`: the address is in the name, if the namespace exists (rule 8).
    private func computePod(
        _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        var namespace = FoldedName()
        namespace.set(query.name, fromLabel: 1)
        let table = table
        guard table.block(for: namespace) != nil,
            let address = DashedAddress.read(query.name.octets.extracting(query.name.labelRange(0))),
            options.families.contains(address.family)
        else { return nil }
        return answer(address, apex, query, &response)
    }

    /// `1-2-3-4.svc.NS.svc.Z`: the address is in the name, if the Service has it as an endpoint's (rule 5).
    private func computeEndpoint(
        _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        let label = query.name.label(0)
        guard let address = DashedAddress.read(label), DashedLabel(address).equals(label) else { return nil }
        var service = FoldedName()
        service.set(query.name, fromLabel: 1)
        let table = table
        guard let block = table.block(for: service), block.hasMember(address) else { return nil }
        return answer(address, apex, query, &response)
    }

    /// The address of a name that has no other data.
    private func answer(
        _ address: IPAddress, _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome {
        guard query.qtype == AddressRecords.type(of: address.family) || query.qtype == .any else {
            response.answerNegative(apex.soa, query)
            return .answered(.noError)
        }
        let record = RecordHead(address, ttl: options.ttl)
        if !response.appendRecord(record.octets, to: .answer) { response.flags |= Query.Flag.truncated }
        return .answered(.noError)
    }

    /// `proto.svc.NS.svc.Z` without its underscore, and `_`: no data, but they exist where names below them do (RFC 8020).
    private func computeProtocol(
        _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        let anyProtocol = query.name.label(0, is: "_")
        var name = FoldedName()
        var assembly = NameAssembly()
        if !anyProtocol { assembly.append(label: query.name.label(0), underscored: true) }
        assembly.append(query.name, fromLabel: 1)
        let table = table
        guard assembly.write(to: &name), let block = table.block(for: name),
            block.rrset(.srv, hidden: !anyProtocol) != nil
        else { return nil }
        response.answerNegative(apex.soa, query)
        return .answered(.noError)
    }

    /// `port.proto.svc.NS.svc.Z`: underscores may be left out, and a lone `_` matches any port or protocol (rule 7).
    private func computePort(
        _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        let anyPort = query.name.label(0, is: "_")
        let anyProtocol = query.name.label(1, is: "_")
        var name = FoldedName()
        if anyPort && anyProtocol {
            name.set(query.name, fromLabel: 2)
            return answerService(name, hidden: false, apex, query, &response)
        }
        var assembly = NameAssembly()
        if !anyPort { assembly.append(label: query.name.label(0), underscored: true) }
        guard anyProtocol else {
            assembly.append(label: query.name.label(1), underscored: true)
            assembly.append(query.name, fromLabel: 2)
            return assembly.write(to: &name) ? answerService(name, hidden: anyPort, apex, query, &response) : nil
        }
        return answerAnyProtocol(apex, query, &response)
    }

    /// `port._.svc.NS.svc.Z`: a Service's port names are unique whatever the protocol, so the first found is the one.
    private func answerAnyProtocol(
        _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        for label in Self.protocolLabels {
            var name = FoldedName()
            var assembly = NameAssembly()
            assembly.append(label: query.name.label(0), underscored: true)
            assembly.append(label: label.rawSpan)
            assembly.append(query.name, fromLabel: 2)
            guard assembly.write(to: &name) else { return nil }
            if let found = answerService(name, hidden: false, apex, query, &response) { return found }
        }
        return nil
    }

    private static let protocolLabels = TransportProtocol.allCases.map { Array("_\($0.label)".utf8) }

    /// Answers as the block of `name` would; addresses for any port are those of the Service itself.
    private func answerService(
        _ name: borrowing FoldedName, hidden: Bool, _ apex: ZoneApex, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) -> ZoneOutcome? {
        let table = table
        guard let block = table.block(for: name), block.rrset(.srv, hidden: hidden) != nil else { return nil }
        if query.qtype == .any && !hidden { return answerAny(block, nil, query, &response) }
        if query.qtype == .srv || query.qtype == .any, let rrset = block.rrset(.srv, hidden: hidden) {
            answer(rrset, of: block, &response)
        } else if !hidden, let rrset = block.rrset(query.qtype) {
            answer(rrset, of: block, &response)
        } else if hidden, answerOwnAddresses(query, &response) {
            return .answered(.noError)
        } else {
            response.answerNegative(apex.soa, query)
        }
        return .answered(.noError)
    }

    private func answerOwnAddresses(_ query: borrowing Query, _ response: inout ResponseWriter) -> Bool {
        var service = FoldedName()
        service.set(query.name, fromLabel: 2)
        let table = table
        guard let block = table.block(for: service), let rrset = block.rrset(query.qtype) else { return false }
        response.answer(rrset)
        return true
    }
}

extension NameBlock {
    /// Whether the name below this one that is the address with dashes exists.
    fileprivate func hasMember(_ address: IPAddress) -> Bool {
        let type = AddressRecords.type(of: address.family)
        for index in 0..<rrsetCount {
            let rrset = rrset(at: index)
            if rrset.type == type, rrset.flags.contains(.members) {
                return rrset.hasMember(high: address.high, low: address.low)
            }
        }
        return false
    }
}
