package import DNSWire
package import DNSZone
import Transfers

/// The zones of one directive as they are at the moment; a class, so that a query holds them by one reference.
package final class ZoneSet: Sendable {
    /// A zone of the directive's.
    package struct Entry: Sendable {
        package let apex: Name
        package let suffix: NameSuffix
        /// nil while the zone was never read, or has expired: its names get SERVFAIL.
        package let zone: Zone?
        /// What led to this version: what transfers of differences are made of.
        package let journal: ZoneJournal
        /// What clients share that are sent this version of it.
        let images = TransferImages()

        package var serial: UInt32? { zone?.serial }
    }

    /// Up to so many zones are compared with a name one after the other.
    private static let walkCountMax = 4

    /// Tables that are looked ahead into: at most so many, the largest, and none that caches hold anyway.
    private static let foreseenCountMax = 2
    private static let foreseenNameCountMin = 50_000

    /// The longest apex first.
    package let entries: [Entry]
    /// The tables of large zones, which look-ups find outside of all caches.
    let foreseen: [NameTable]
    /// Whether the zones' source was looked at once: what /ready waits for.
    package let wasTried: Bool
    /// The labels of the shortest and of the longest apex.
    private let labelCounts: ClosedRange<Int>
    /// The apexes' hashes, in a table whose size is a power of two; where one stands, the entry's place plus one.
    private let slots: [UInt32]
    private let hashes: [UInt64]

    /// The zones of `apexes`, each once, as `zones` has it, and what led to it.
    package init(
        apexes: [Name], zones: [Name: Zone] = [:], journals: [Name: ZoneJournal] = [:], wasTried: Bool = false
    ) {
        entries = apexes.map {
            Entry(apex: $0, suffix: NameSuffix($0), zone: zones[$0], journal: journals[$0] ?? ZoneJournal())
        }.sorted { $0.suffix.labelCount > $1.suffix.labelCount }
        self.wasTried = wasTried
        let large = entries.compactMap(\.zone?.table).filter { $0.count >= Self.foreseenNameCountMin }
        foreseen = Array(large.sorted { $0.count > $1.count }.prefix(Self.foreseenCountMax))
        labelCounts = (entries.last?.suffix.labelCount ?? 0)...(entries.first?.suffix.labelCount ?? 0)
        hashes = entries.map { NameHasher.hash($0.suffix.octets.rawSpan) }
        var slots: [UInt32] = []
        if entries.count > Self.walkCountMax {
            var count = 8
            while count < 2 * entries.count { count *= 2 }
            slots = [UInt32](repeating: 0, count: count)
            for (index, hash) in hashes.enumerated() {
                var slot = Int(truncatingIfNeeded: hash) & (count - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
                slots[slot] = UInt32(index + 1)
            }
        }
        self.slots = slots
    }

    /// The place of the longest zone that the name lies in.
    package func index(covering name: borrowing FoldedName) -> Int? { index(covering: name, upTo: name.labelCount) }

    /// The place of the longest zone that the name lies in and is not the apex of.
    package func index(above name: borrowing FoldedName) -> Int? { index(covering: name, upTo: name.labelCount - 1) }

    private func index(covering name: borrowing FoldedName, upTo labelCount: Int) -> Int? {
        guard !slots.isEmpty else {
            for index in entries.indices
            where entries[index].suffix.covers(name) && entries[index].suffix.labelCount <= labelCount {
                return index
            }
            return nil
        }
        guard labelCount >= labelCounts.lowerBound else { return nil }
        var labels = min(labelCount, labelCounts.upperBound)
        while labels >= labelCounts.lowerBound {
            if let index = find(name.suffixHash(labelCount: labels)), entries[index].suffix.covers(name) {
                return index
            }
            labels -= 1
        }
        return nil
    }

    /// Half of the slots are empty, so the walk ends.
    private func find(_ hash: UInt64) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if hashes[index] == hash { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}
