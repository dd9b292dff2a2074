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

    /// Passes for names in none of the zones, and by `fallthrough` for names that do not exist.
    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        let set = turn.state.zoneSets[set]
        guard let index = set.index(covering: query.name) else { return .pass }
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
