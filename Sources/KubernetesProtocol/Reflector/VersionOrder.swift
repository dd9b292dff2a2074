/// How resource versions compare: as decimal numbers of any size where both are, else not at all.
///
/// Kubernetes compares them so since 1.35 (KEP-5504); etcd's revisions always were numbers.
enum VersionOrder {
    /// Whether `left` is older than `right`; false where one of them is no number.
    static func precedes(_ left: String, _ right: String) -> Bool {
        guard let left = digits(left), let right = digits(right) else { return false }
        return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }

    /// The digits without leading zeros; nil for what is no decimal number.
    private static func digits(_ version: String) -> Substring.UTF8View? {
        let octets = version.utf8
        guard !octets.isEmpty, octets.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return version[...].utf8.drop { $0 == 0x30 }
    }
}
