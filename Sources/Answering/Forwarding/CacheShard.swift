import DNSWire

/// A part of a response cache: a hash table of entries with a bound on their number and octets.
///
/// Entries are found by linear probing; the hand of a clock looks for one to give up: an expired one, or one that nobody
/// used since the hand last passed.
struct CacheShard {
    /// A class, so that a look-up counts one reference and copies nothing; the name is that of the answer's question.
    final class Entry {
        let nameHash: UInt64
        let type: RRType
        private let qclass: RRClass
        private let dnssecOK: Bool
        private let checkingDisabled: Bool
        private let options: [UInt8]
        let answer: StoredAnswer
        /// When the answer came, and until when it is fresh, in nanoseconds of the monotonic clock.
        let stored: UInt64
        let expires: UInt64
        /// Until when it may be used stale; never before `expires`.
        let discarded: UInt64
        /// A failure to renew a good answer: no upstream is asked before this time.
        var failedUntil: UInt64 = 0
        /// Somebody renews it until this time.
        var refreshingUntil: UInt64 = 0
        /// Hits since `windowStart`, for `prefetch`.
        var hitCount: UInt32 = 0
        var windowStart: UInt64 = 0
        var isUsed = false
        let kind: Kind

        init(
            question: UpstreamQuestion, answer: StoredAnswer, stored: UInt64, expires: UInt64, discarded: UInt64,
            kind: Kind
        ) {
            nameHash = question.nameHash
            type = question.type
            qclass = question.qclass
            dnssecOK = question.dnssecOK
            checkingDisabled = question.checkingDisabled
            options = question.options
            self.answer = answer
            self.stored = stored
            self.expires = expires
            self.discarded = discarded
            self.kind = kind
        }

        func answers(_ query: borrowing Query) -> Bool {
            qclass == query.qclass && answers(query.name.octets, query.name.hash, query.qtype, of: query)
        }

        /// Whether it has the name for `type`, asked as `query` does.
        func answers(_ name: RawSpan, _ hash: UInt64, _ type: RRType, of query: borrowing Query) -> Bool {
            nameHash == hash && self.type == type && dnssecOK == query.edns.dnssecOK
                && checkingDisabled == query.checkingDisabled && answer.isNamed(name)
                && options == query.upstreamOptions
        }

        func answers(_ question: UpstreamQuestion) -> Bool {
            nameHash == question.nameHash && type == question.type && qclass == question.qclass
                && dnssecOK == question.dnssecOK && checkingDisabled == question.checkingDisabled
                && answer.isNamed(question.name.rawSpan) && options == question.options
        }
    }

    enum Kind { case success, denial, failure }

    struct Bounds {
        var successCount: Int
        var denialCount: Int
        var octetCount: Int
    }

    /// What an entry costs besides its answer: itself (its fields are 208 octets), an array's header, its slots.
    private static let entryOctetCount = 300

    private let bounds: Bounds
    /// Places in `entries` plus one; 0 is free.
    ///
    /// A power of two, at most half full.
    private var slots: [UInt32] = []
    private var entries: [Entry?] = []
    private var free: [UInt32] = []
    private var hand = 0
    private(set) var successCount = 0
    private(set) var denialCount = 0
    private(set) var octetCount = 0
    /// Entries that were given up for newer ones.
    private(set) var evictedSuccessCount: UInt64 = 0
    private(set) var evictedDenialCount: UInt64 = 0

    init(_ bounds: Bounds) { self.bounds = bounds }

    var count: Int { successCount + denialCount }

    func find(_ query: borrowing Query) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var slot = Self.slot(query.name.hash, query.qtype) & mask
        // Half of the slots is free, so the walk ends.
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if let entry = entries[place], entry.answers(query) { return place }
            slot = (slot + 1) & mask
        }
        return nil
    }

    func find(_ question: UpstreamQuestion) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var slot = Self.slot(question.nameHash, question.type) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if let entry = entries[place], entry.answers(question) { return place }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The entry for every type of a name in folded wire form.
    func findMarker(_ name: RawSpan, hash: UInt64, of query: borrowing Query) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var slot = Self.slot(hash, UpstreamQuestion.anyTypeMarker) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if let entry = entries[place], entry.answers(name, hash, UpstreamQuestion.anyTypeMarker, of: query) {
                return place
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    subscript(place: Int) -> Entry? { entries[place] }

    /// Puts an entry in the place of an older one, or makes room.
    mutating func insert(_ entry: Entry, for question: UpstreamQuestion, now: UInt64) {
        if let place = find(question) { remove(place) }
        let limit = entry.kind == .success ? bounds.successCount : bounds.denialCount
        let size = Self.octets(of: entry)
        guard limit > 0, size <= bounds.octetCount else { return }
        while isFull(for: entry.kind, limit) || octetCount + size > bounds.octetCount {
            guard evict(octetCount + size > bounds.octetCount ? nil : entry.kind, now: now) else { return }
        }
        growIfNeeded()
        let place: Int
        if let last = free.popLast() {
            place = Int(last)
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
        }
        enter(place, entry)
        count(entry, by: 1)
    }

    mutating func remove(_ place: Int) {
        guard let entry = entries[place] else { return }
        removeSlot(of: place, entry)
        entries[place] = nil
        free.append(UInt32(place))
        count(entry, by: -1)
    }

    mutating func removeAll() {
        let (success, denial) = (evictedSuccessCount, evictedDenialCount)
        self = CacheShard(bounds)
        (evictedSuccessCount, evictedDenialCount) = (success, denial)
    }

    private func isFull(for kind: Kind, _ limit: Int) -> Bool {
        (kind == .success ? successCount : denialCount) >= limit
    }

    private mutating func count(_ entry: Entry, by change: Int) {
        if entry.kind == .success { successCount += change } else { denialCount += change }
        octetCount += change * Self.octets(of: entry)
    }

    private static func octets(of entry: Entry) -> Int {
        entryOctetCount + entry.answer.octetCount
    }

    /// Gives up one entry of a kind, of any where `kind` is nil; false when there is none.
    private mutating func evict(_ kind: Kind?, now: UInt64) -> Bool {
        // Twice round: the first turn takes the marks off.
        for _ in 0..<2 * max(1, entries.count) {
            if hand >= entries.count { hand = 0 }
            let place = hand
            hand += 1
            guard let entry = entries[place], kind.map({ ($0 == .success) == (entry.kind == .success) }) ?? true else {
                continue
            }
            if entry.isUsed, entry.discarded > now {
                entry.isUsed = false
            } else {
                remove(place)
                if entry.kind == .success { evictedSuccessCount &+= 1 } else { evictedDenialCount &+= 1 }
                return true
            }
        }
        return false
    }

    private static func slot(_ hash: UInt64, _ type: RRType) -> Int {
        Int(truncatingIfNeeded: (hash ^ UInt64(type.rawValue) &* 0x9E37_79B9_7F4A_7C15) >> 7 & 0x7FFF_FFFF)
    }

    private mutating func growIfNeeded() {
        guard (count + 1) * 2 > slots.count else { return }
        slots = [UInt32](repeating: 0, count: max(16, slots.count * 2))
        for place in entries.indices { if let entry = entries[place] { enter(place, entry) } }
    }

    private mutating func enter(_ place: Int, _ entry: Entry) {
        let mask = slots.count - 1
        var slot = Self.slot(entry.nameHash, entry.type) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(place + 1)
    }

    /// Takes a slot out and closes the gap, so that no walk ends too early.
    private mutating func removeSlot(of place: Int, _ removed: Entry) {
        let mask = slots.count - 1
        var slot = Self.slot(removed.nameHash, removed.type) & mask
        while slots[slot] != UInt32(place + 1) {
            guard slots[slot] != 0 else { return }
            slot = (slot + 1) & mask
        }
        slots[slot] = 0
        var next = (slot + 1) & mask
        while slots[next] != 0 {
            let moved = slots[next]
            slots[next] = 0
            if let entry = entries[Int(moved) - 1] { enter(Int(moved) - 1, entry) }
            next = (next + 1) & mask
        }
    }
}
