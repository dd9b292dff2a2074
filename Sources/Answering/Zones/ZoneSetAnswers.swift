package import DNSWire
import DNSZone

/// How `file`, `auto` and `secondary` answer: from a set of zones, each like the other.
package struct ZoneSetAnswers: Sendable {
    /// Which of the state's sets of zones answers.
    package let set: Int
    package let fallthroughZones: FallthroughZones

    private static let notLoaded = ExtendedError(ExtendedError.Code.notReady, "the zone is not loaded")

    package init(set: Int, fallthroughZones: FallthroughZones = .none) {
        self.set = set
        self.fallthroughZones = fallthroughZones
    }

    package func appendTypes(at query: borrowing Query, to types: inout [UInt16], _ turn: borrowing Turn) {
        let set = turn.state.zoneSets[set]
        guard let index = place(of: query, in: set, turn) else { return }
        set.entries[index].zone?.appendTypes(at: query.name, to: &types)
    }

    /// The place of the longest zone that the name lies in; for DS records of its apex that of the zone above, where there is
    /// one here, and none where a later plugin has it.
    private func place(of query: borrowing Query, in set: ZoneSet, _ turn: borrowing Turn) -> Int? {
        let place = set.index(covering: query.name)
        guard query.qtype == .ds, let index = place else { return place }
        let labelCount = set.entries[index].suffix.labelCount
        guard query.name.labelCount == labelCount else { return index }
        if let parent = set.index(above: query.name) { return parent }
        return turn.leavesToParent(query, apexLabelCount: labelCount) ? nil : index
    }

    package func hasZone(above name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        turn.state.zoneSets[set].index(above: name) != nil
    }

    package func hasZone(at name: borrowing FoldedName, _ turn: borrowing Turn) -> Bool {
        let set = turn.state.zoneSets[set]
        return set.index(covering: name).map { set.entries[$0].suffix.labelCount == name.labelCount } ?? false
    }

    /// Passes for names in none of the zones, and by `fallthrough` for names that do not exist.
    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        let set = turn.state.zoneSets[set]
        guard let index = place(of: query, in: set, turn) else { return .pass }
        guard let zone = set.entries[index].zone else {
            response.extendedError = Self.notLoaded
            return .answered(.servFail)
        }
        switch zone.answer(query, &response) {
        case .answered(let rcode): return .answered(rcode)
        case .alias(let targetOffset): return .alias(targetOffset: targetOffset)
        case .nxDomain:
            if !turn.isLast, fallthroughZones.covers(query.name) { return .pass }
            zone.answerNegative(query, &response)
            return .answered(.nxDomain)
        }
    }
}
