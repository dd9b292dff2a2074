import DNSWire
import Synchronization

/// Names that `loop` asks upstreams for: one that comes back as a question went round in a loop.
///
/// A name has 128 random bits and is good for seconds, so that no client can guess it (CVE-2026-26018).
package final class LoopWatch: Sendable {
    private struct Probe {
        var label: [UInt8]
        var deadline: UInt64
        var isSeen = false
    }

    /// Probes under way at once: one for each upstream.
    private static let countMax = 64
    /// Octets of the label: 32 hexadecimal digits.
    package static let labelOctetCount = 32

    private let probes = Mutex<[Probe]>([])
    private let count = Atomic<Int>(0)

    package init() {}

    /// Begins to watch for a new name; `deadline` is when it is forgotten, in nanoseconds of the monotonic clock.
    ///
    /// The name is made of `random`, which nobody must be able to guess.
    package func begin(now: UInt64, deadline: UInt64, using random: inout some RandomNumberGenerator) -> [UInt8] {
        var label: [UInt8] = []
        for _ in 0..<2 {
            let digits = String(random.next() as UInt64, radix: 16)
            label += Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
        }
        probes.withLock { probes in
            probes.removeAll { $0.deadline <= now }
            if probes.count >= Self.countMax { probes.removeFirst() }
            probes.append(Probe(label: label, deadline: deadline))
            count.store(probes.count, ordering: .relaxed)
        }
        return label
    }

    /// Whether the name was asked of this server; ends the watch for it.
    package func end(_ label: [UInt8]) -> Bool {
        probes.withLock { probes in
            let isSeen = probes.contains { $0.label == label && $0.isSeen }
            probes.removeAll { $0.label == label }
            count.store(probes.count, ordering: .relaxed)
            return isSeen
        }
    }

    /// Notes a question; true where it is one of ours that came back.
    func notice(_ query: borrowing Query) -> Bool {
        guard query.qtype == .hinfo, count.load(ordering: .relaxed) > 0, query.name.labelCount > 0,
            query.name.labelRange(0).count == Self.labelOctetCount
        else { return false }
        let label = query.name.labelRange(0).map { query.name.octets[unchecked8: $0] }
        return probes.withLock { probes in
            for index in probes.indices where probes[index].label == label {
                probes[index].isSeen = true
                return true
            }
            return false
        }
    }
}
