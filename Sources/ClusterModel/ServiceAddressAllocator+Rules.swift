import NetworkAddress

/// Why a Service stays without an address.
enum AllocationFailure: Error, Hashable {
    case exhausted(IPFamily)
    case familyMissing(IPFamily)
    case noRange
}

extension ServiceAddressAllocator {
    /// The families of the addresses a Service wants, primary first (`ipFamilies`, `ipFamilyPolicy`).
    func wantedFamilies(of service: Service) throws(AllocationFailure) -> [IPFamily] {
        guard let standard = ranges.first?.base.family else { throw .noRange }
        let primary = service.ipFamilies.first ?? standard
        try require(primary)
        let secondary: IPFamily = primary == .ipv4 ? .ipv6 : .ipv4
        switch service.ipFamilyPolicy ?? (service.ipFamilies.count > 1 ? .requireDualStack : .singleStack) {
        case .singleStack: return [primary]
        case .preferDualStack: return has(secondary) ? [primary, secondary] : [primary]
        case .requireDualStack:
            try require(secondary)
            return [primary, secondary]
        }
    }

    /// Who keeps an address that manifests claim: the oldest Service, else the first in name order.
    ///
    /// A Service without a creation time counts as the oldest.
    func winner(of address: IPAddress) -> ObjectKey? {
        let created = { (key: ObjectKey) in self.services[key]?.metadata.creationTime ?? .min }
        return claims[address]?.min { (created($0), $0) < (created($1), $1) }
    }

    /// Names every Service that claims an address beside its winner.
    func report(claimsTo address: IPAddress, _ update: inout Update) {
        guard let claimants = claims[address], let winner = winner(of: address) else { return }
        update.changed.formUnion(claimants)
        for loser in claimants.sorted() where loser != winner {
            update.findings.append(.claimedTwice(address, loser, services[loser]?.metadata.source, winner))
        }
    }

    private func has(_ family: IPFamily) -> Bool { ranges.contains { $0.base.family == family } }

    private func require(_ family: IPFamily) throws(AllocationFailure) {
        if !has(family) { throw .familyMissing(family) }
    }
}

extension RegistryFinding {
    static func claimedTwice(
        _ address: IPAddress, _ loser: ObjectKey, _ source: SourceLocation?, _ winner: ObjectKey
    ) -> RegistryFinding {
        RegistryFinding(
            reason: .addressClaimedTwice, object: loser, source: source,
            message: "Services \(winner) and \(loser) both claim clusterIP \(address); \(winner) keeps it (the older, "
                + "else the first by name); give \(loser) another clusterIP, or none to have one chosen")
    }

    static func moved(
        _ holder: ObjectKey, _ source: SourceLocation?, _ address: IPAddress, to claimant: ObjectKey
    ) -> RegistryFinding {
        RegistryFinding(
            reason: .addressMoved, object: holder, source: source,
            message: "Service \(holder) had been given \(address), which \(claimant) now claims; \(holder) moves to "
                + "another address; choose another clusterIP for \(claimant) if clients of \(holder) still use it")
    }

    static func unassigned(
        _ service: Service, _ failure: AllocationFailure, _ ranges: [AddressPrefix]
    ) -> RegistryFinding {
        let text = ranges.isEmpty ? "empty" : ranges.map(\.description).joined(separator: " ")
        let (reason, cause): (Reason, String) =
            switch failure {
            case .exhausted(let family): (.addressRangeExhausted, "no \(family.rawValue) address is free")
            case .familyMissing(let family): (.addressFamilyMissing, "no range is \(family.rawValue)")
            case .noRange: (.addressFamilyMissing, "there is no range")
            }
        return RegistryFinding(
            reason: reason, object: service.key, source: service.metadata.source,
            message: "Service \(service.key) is not given the clusterIP it needs: \(cause) in service_cidr (\(text)); "
                + "widen or add a range, or set clusterIP in the manifest")
    }

    static func outsideRange(_ service: Service, _ address: IPAddress, _ ranges: [AddressPrefix]) -> RegistryFinding {
        let text = ranges.map(\.description).joined(separator: " ")
        return RegistryFinding(
            reason: .addressOutsideRange, object: service.key, source: service.metadata.source,
            message: "Service \(service.key) keeps \(address), which is outside service_cidr (\(text)); delete and "
                + "create the Service to have another")
    }
}
