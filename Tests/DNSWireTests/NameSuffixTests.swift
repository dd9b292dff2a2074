import DNSWire
import Testing

/// Whether a name lies in a zone, for zones of every length: names are compared eight octets at a time.
struct NameSuffixTests {
    private static func covers(_ zone: Name, _ name: Name) -> Bool {
        var folded = FoldedName()
        folded.set(name)
        return NameSuffix(zone).covers(folded)
    }

    @Test(arguments: 1...40) func oneOtherOctetIsAnotherZone(_ length: Int) throws {
        let zone = try Name(labels: [Array(repeating: UInt8(ascii: "z"), count: length), Array("x".utf8)])
        for name in [zone, try zone.prepending("a"), try zone.prepending("www-0123456")] {
            #expect(Self.covers(zone, name) && Self.covers(.root, name))
            for index in 0..<length {
                var labels = zone.labels.map(Array.init)
                labels[0][index] = UInt8(ascii: "y")
                let other = try Name(labels: labels)
                #expect(!Self.covers(other, name), "octet \(index)")
            }
        }
        #expect(!Self.covers(zone, try Name("x")))
    }
}
