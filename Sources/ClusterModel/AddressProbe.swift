import NetworkAddress

/// The order in which a range is searched for one Service: from its hash through the upper band, then the lower.
///
/// The first addresses of a range are left for Services that choose their own, as Kubernetes does (KEP-3070).
struct AddressProbe {
    /// Chosen so that `default/my-nginx` in 10.0.0.0/16 gets the tutorial's 10.0.162.149.
    private static let seed: UInt64 = 32_191

    private let range: AddressPrefix
    private let lowerCount: UInt64
    private let upperCount: UInt64
    private let start: UInt64
    private var step: UInt64 = 0

    init(_ range: AddressPrefix, for key: ObjectKey) {
        self.range = range
        let count = range.hostCount
        lowerCount = Self.lowerBand(count)
        upperCount = count - lowerCount
        var hash = StableHash(seed: Self.seed)
        hash.combine(key.namespace)
        hash.combine(key.name)
        start = upperCount == 0 ? 0 : hash.value % upperCount
    }

    /// The next address; nil when every one has been given.
    mutating func next() -> IPAddress? {
        defer { step += 1 }
        if step < upperCount {
            let (sum, overflow) = start.addingReportingOverflow(step)
            let place = overflow || sum >= upperCount ? start &- (upperCount &- step) : sum
            return range.host(at: lowerCount + place)
        }
        let place = step - upperCount
        return place < lowerCount ? range.host(at: lowerCount - 1 - place) : nil
    }

    /// A sixteenth of the range, 16 to 256 addresses; none in a range of 16 or fewer.
    private static func lowerBand(_ count: UInt64) -> UInt64 { count <= 16 ? 0 : min(max(16, count / 16), 256) }
}
