/// Names of derived slices: the Service's name and five letters, as generated names in Kubernetes look.
enum SliceName {
    /// Letters that spell no words and are not mistaken for others (apimachinery, pkg/util/rand).
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    /// A generated name has at most 63 octets, five of them the suffix (apiserver, pkg/storage/names).
    private static let prefixLimit = 58
    /// Two slices of 14 million get one name, so a second attempt is rare and a third is never seen.
    private static let attemptLimit = 16
    /// Chosen so that the first slice of the tutorial's Service is named as in the tutorial.
    private static let seed: UInt64 = 20_221_709

    /// A name that depends on `seeds` alone, or the next such name that is not taken.
    static func make(for service: ObjectKey, _ seeds: [String], isTaken: (String) -> Bool) -> String {
        let prefix = String("\(service.name)-".prefix(prefixLimit))
        var name = ""
        for attempt in 0..<attemptLimit {
            var hash = StableHash(seed: seed)
            for text in [service.description] + seeds { hash.combine(text) }
            if attempt > 0 { hash.combine("\(attempt)") }
            name = prefix + suffix(hash.value)
            if !isTaken(name) { break }
        }
        return name
    }

    private static func suffix(_ hash: UInt64) -> String {
        var rest = hash
        return String(
            (0..<5).map { _ in
                defer { rest /= UInt64(alphabet.count) }
                return alphabet[Int(rest % UInt64(alphabet.count))]
            })
    }
}
