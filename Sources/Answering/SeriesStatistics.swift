package import DNSWire
package import NetworkAddress

/// Counts of one worker for one (server, zone); plain memory, since only its worker writes it.
///
/// One array of cells, so that a copy into existing memory is one loop and allocates nothing.
package struct SeriesStatistics: Hashable, Sendable {
    /// The types that have a label of their own; all others share the last place, `other`.
    package static let types: [RRType] = [
        .a, .aaaa, .cname, .dnskey, .ds, .mx, .nsec, .nsec3, .ns, .ptr, .rrsig, .soa, .srv, .txt, .https, .svcb, .ixfr,
        .axfr, .any,
    ]
    package static let rcodeCount = 17
    /// Upper bounds of the size histograms in octets.
    package static let sizeBounds: [Int] = [
        0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16_000, 32_000, 48_000, 64_000,
    ]
    /// Upper bounds of the duration histogram: 250 us doubled fifteen times.
    package static let durationBoundsNanoseconds = (0..<durationBoundCount).map { UInt64(250_000) << UInt64($0) }
    private static var durationBoundCount: Int { 16 }

    /// Where each group of cells starts.
    private enum Place {
        static let typeCount = 20
        // transport x family x type
        static let requests = 0
        static let dnssecRequests = 80
        static let truncated = 81
        // 16 bounds, one bucket without, the sum
        static let durations = 82
        // transport x (14 bounds, one bucket without, the sum)
        static let requestSizes = 100
        static let responseSizes = 132
        // hits of answers and of denials, stale answers, misses
        static let cache = 164
        // by `DirectiveEvent`
        static let events = 168
        // RCODE x plugin
        static let responses = 182
        static let sizeCells = 16
        static let durationCells = 18
    }

    /// A copy: a global is asked for with a call.
    private let pluginCount = DirectiveOrder.answeringPlugins.count
    private var cells = [UInt64](
        repeating: 0, count: Place.responses + rcodeCount * DirectiveOrder.answeringPlugins.count)

    /// By QTYPE below 256; `ixfr`, `axfr` and `any` are 251, 252 and 255.
    private static let typePlaces: [UInt8] = (0..<256).map { type in
        UInt8(types.firstIndex { $0.rawValue == type } ?? types.count)
    }

    package init() {}

    package mutating func countRequest(
        _ transport: QueryTransport, _ family: IPFamily, type: RRType, dnssecOK: Bool, octets: Int
    ) {
        var cells = cells.mutableSpan
        Self.countRequest(transport, family, type, dnssecOK, octets, in: &cells)
    }

    package mutating func countResponse(
        _ transport: QueryTransport, rcode: RCODE, plugin: Int, octets: Int, isTruncated: Bool
    ) {
        let row = rowStart(rcode)
        var cells = cells.mutableSpan
        Self.countResponse(transport, row + plugin, octets, isTruncated, in: &cells)
    }

    /// Counts a query with its response: one span for both, since each change of an array by itself asks anew whether
    /// it is shared.
    mutating func count(_ client: QueryClient, _ query: borrowing Query, _ outcome: borrowing Answerer.Outcome) {
        let row = rowStart(outcome.rcode)
        var cells = cells.mutableSpan
        Self.countRequest(
            client.transport, client.address.family, query.qtype, query.edns.dnssecOK, outcome.requestOctetCount,
            in: &cells)
        Self.countResponse(
            client.transport, row + outcome.plugin, outcome.responseOctetCount,
            outcome.flags & Query.Flag.truncated != 0, in: &cells)
    }

    @inline(__always)
    private static func countRequest(
        _ transport: QueryTransport, _ family: IPFamily, _ type: RRType, _ dnssecOK: Bool, _ octets: Int,
        in cells: inout MutableSpan<UInt64>
    ) {
        cells[Place.requests + requestIndex(transport, family, type: typePlace(type))] &+= 1
        if dnssecOK { cells[Place.dnssecRequests] &+= 1 }
        countSize(octets, at: Place.requestSizes + Int(transport.rawValue) * Place.sizeCells, in: &cells)
    }

    @inline(__always)
    private static func countResponse(
        _ transport: QueryTransport, _ place: Int, _ octets: Int, _ isTruncated: Bool,
        in cells: inout MutableSpan<UInt64>
    ) {
        cells[Place.responses + place] &+= 1
        if isTruncated { cells[Place.truncated] &+= 1 }
        countSize(octets, at: Place.responseSizes + Int(transport.rawValue) * Place.sizeCells, in: &cells)
    }

    private func rowStart(_ rcode: RCODE) -> Int { min(Int(rcode.rawValue), Self.rcodeCount - 1) * pluginCount }

    /// Counts `count` queries that took so long each.
    package mutating func countDuration(nanoseconds: UInt64, times count: UInt64 = 1) {
        // 250 us times 2^n: the bucket is the number of doublings that still lie below.
        let quotient = (nanoseconds &- (nanoseconds > 0 ? 1 : 0)) / 250_000
        let bucket = min(UInt64.bitWidth - quotient.leadingZeroBitCount, Self.durationBoundCount)
        cells[Place.durations + bucket] &+= count
        cells[Place.durations + Place.durationCells - 1] &+= count &* nanoseconds
    }

    package mutating func countCache(_ use: CacheUse) {
        switch use {
        case .success: cells[Place.cache] &+= 1
        case .denial: cells[Place.cache + 1] &+= 1
        case .stale: cells[Place.cache + 2] &+= 1
        }
    }

    package mutating func countCacheMiss() { cells[Place.cache + 3] &+= 1 }

    package mutating func count(_ event: DirectiveEvent) { cells[Place.events + Int(event.rawValue)] &+= 1 }

    /// Adds the counts of another worker.
    package mutating func add(_ other: SeriesStatistics) {
        for index in cells.indices { cells[index] &+= other.cells[index] }
    }

    /// Becomes a copy of `other` in the memory it has.
    package mutating func assign(_ other: SeriesStatistics) {
        for index in cells.indices { cells[index] = other.cells[index] }
    }

    private static func countSize(_ octets: Int, at place: Int, in cells: inout MutableSpan<UInt64>) {
        // The first of `sizeBounds` are hundreds.
        let bucket = octets <= 400 ? (octets + 99) / 100 : searchBucket(octets)
        cells[place + bucket] &+= 1
        cells[place + Place.sizeCells - 1] &+= UInt64(octets)
    }

    /// Where a type stands in `types`.
    private static func typePlace(_ type: RRType) -> Int {
        switch type {
        case .a: 0
        case .aaaa: 1
        default: type.rawValue < 256 ? Int(typePlaces[Int(type.rawValue)]) : types.count
        }
    }

    private static func searchBucket(_ octets: Int) -> Int {
        sizeBounds.firstIndex { octets <= $0 } ?? sizeBounds.count
    }
}

/// Reading the counts.
extension SeriesStatistics {
    package static func requestIndex(_ transport: QueryTransport, _ family: IPFamily, type: Int) -> Int {
        (Int(transport.rawValue) * 2 + (family == .ipv4 ? 0 : 1)) * Place.typeCount + type
    }

    /// By `requestIndex`.
    package var requests: [UInt64] { Array(cells[Place.requests..<Place.dnssecRequests]) }
    /// By RCODE times the number of answering plugins, plus the plugin's place.
    package var responses: [UInt64] { Array(cells[Place.responses...]) }
    package var cacheSuccessHits: UInt64 { cells[Place.cache] }
    package var cacheDenialHits: UInt64 { cells[Place.cache + 1] }
    package var cacheStaleAnswers: UInt64 { cells[Place.cache + 2] }
    package var cacheMisses: UInt64 { cells[Place.cache + 3] }
    package func count(of event: DirectiveEvent) -> UInt64 { cells[Place.events + Int(event.rawValue)] }
    package var dnssecRequests: UInt64 { cells[Place.dnssecRequests] }
    package var truncated: UInt64 { cells[Place.truncated] }
    package var durations: Histogram { histogram(at: Place.durations, cells: Place.durationCells) }
    /// By transport.
    package var requestSizes: [Histogram] { sizes(at: Place.requestSizes) }
    package var responseSizes: [Histogram] { sizes(at: Place.responseSizes) }

    private func sizes(at place: Int) -> [Histogram] {
        QueryTransport.allCases.map {
            histogram(at: place + Int($0.rawValue) * Place.sizeCells, cells: Place.sizeCells)
        }
    }

    private func histogram(at place: Int, cells count: Int) -> Histogram {
        Histogram(buckets: Array(cells[place..<place + count - 1]), sum: cells[place + count - 1])
    }
}
