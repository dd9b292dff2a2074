import DNSTesting
import DNSWire
import Testing

/// The name of a query, against a plain reading of the same octets.
struct FoldedNameTests {
    /// Folding eight octets at once gives what folding one by one gives, whatever stands beside.
    @Test func foldingByWords() {
        var random = SplitMix64(seed: 1)
        for position in 0..<8 {
            for octet in UInt8.min ... .max {
                var octets = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                octets[position] = octet
                let word = CaseFolding.fold(octets.reversed().reduce(0) { $0 << 8 | UInt64($1) })
                let folded = (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
                #expect(folded == octets.map(Self.fold))
            }
        }
    }

    @Test func foldingByOctets() {
        for octet in UInt8.min ... .max { #expect(CaseFolding.fold(octet) == Self.fold(octet)) }
    }

    /// RFC 4343 §3: A-Z and nothing else.
    private static func fold(_ octet: UInt8) -> UInt8 { (0x41...0x5A).contains(octet) ? octet + 32 : octet }

    /// Names of every length, at the very end of a message and with octets behind them, on top of what was there before.
    @Test(arguments: [0, 1, 7, 8, 40]) func everyLength(_ behind: Int) throws {
        var random = SplitMix64(seed: UInt64(behind))
        var folded = FoldedName()
        for length in ([1] + Array(3...255)).shuffled(using: &random) {
            let wire = Self.wire(length, &random)
            let message =
                [9, 9, 9] + wire + [UInt8](repeating: UInt8.random(in: .min ... .max, using: &random), count: behind)
            let end = try folded.read(from: message.rawSpan, at: 3)
            let octets = Self.octets(of: folded)
            try #require(end == 3 + length && octets == wire.map(Self.fold), "\(length) octets")
            // The same name from elsewhere has the same hash: nothing of the octets around it comes in.
            let hashes = (folded.hash, try Self.hash(of: octets))
            #expect(hashes.0 == hashes.1)
        }
    }

    /// What is above a name, and the wildcards there, have the hashes of these names by themselves, whatever their length.
    @Test func ancestorsAndWildcards() throws {
        var random = SplitMix64(seed: 8)
        var name = FoldedName()
        for length in 3...255 {
            let wire = Self.wire(length, &random)
            _ = try name.read(from: wire.rawSpan, at: 0)
            for count in 0..<name.labelCount {
                let suffix = Array(wire[name.suffixOffset(labelCount: count)...])
                let found = [name.suffixHash(labelCount: count), name.wildcardHash(labelCount: count)]
                let own = try [suffix, [1, UInt8(ascii: "*")] + suffix].map { try Self.hash(of: $0) }
                try #require(found == own, "\(count) labels of \(length) octets")
            }
        }
    }

    private static func octets(of name: borrowing FoldedName) -> [UInt8] {
        let span = name.octets
        return (0..<span.byteCount).map { span[unchecked8: $0] }
    }

    private static func hash(of wire: [UInt8]) throws -> UInt64 {
        var name = FoldedName()
        _ = try name.read(from: wire.rawSpan, at: 0)
        return name.hash
    }

    /// A name of exactly `length` octets, 1 or 3-255; lengths of labels are octets below `A`, so folding leaves them alone.
    private static func wire(_ length: Int, _ random: inout SplitMix64) -> [UInt8] {
        var wire: [UInt8] = []
        while wire.count < length - 1 {
            var label = min(Int.random(in: 1...63, using: &random), length - 2 - wire.count)
            // One octet left would be a label without text.
            if length - 2 - wire.count - label == 1 { label -= label > 1 ? 1 : 0 }
            if length - 2 - wire.count - label == 1 { label += 1 }
            wire.append(UInt8(label))
            wire += (0..<label).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }
        return wire + [0]
    }

    @Test func partsOfAName() throws {
        var name = FoldedName()
        name.set(try Name("_HTTP._tcp.Web.svc"))
        let (labels, octets) = (name.labelCount, name.octetCount)
        #expect(labels == 4 && octets == 20)
        let right = [name.label(0, is: "_http"), name.label(3, is: "svc")]
        let wrong = [name.label(2, is: "we"), name.label(2, is: "webs"), name.label(2, is: "wex")]
        #expect(right == [true, true] && wrong == [false, false, false])
        let ranges = [name.labelRange(0), name.labelRange(3)]
        #expect(ranges == [1..<6, 16..<19])
        var offsets: [Int] = []
        for count in 0...4 { offsets.append(name.suffixOffset(labelCount: count)) }
        #expect(offsets == [19, 15, 11, 6, 0])
        var part = FoldedName()
        part.set(name, fromLabel: 2)
        let text = part.name.description
        #expect(text == "web.svc.")
    }

    @Test(arguments: [
        ("web.shop", ".", true), ("web.shop", "shop", true), ("web.shop", "SHOP", true), ("web.shop", "web.shop", true),
        ("web.shop", "op", false), ("web.shop", "a.web.shop", false), ("xshop", "shop", false),
        ("a\\004shop", "shop", false),
        (".", ".", true), (".", "a", false),
    ])
    func suffixes(_ name: String, _ zone: String, _ want: Bool) throws {
        var folded = FoldedName()
        folded.set(try Name(name))
        let isCovered = NameSuffix(try Name(zone)).covers(folded)
        #expect(isCovered == want)
    }

    @Test(arguments: [
        ([3, 0x61], WireError(.truncated, at: 4)), ([], WireError(.truncated, at: 0)),
        ([0xC0, 0], WireError(.badLabelType, at: 0)),
        ([0x40, 0], WireError(.badLabelType, at: 0)), ([0x80, 0], WireError(.badLabelType, at: 0)),
        ([1, 0x61, 0xC0, 0], WireError(.badLabelType, at: 2)),
    ])
    func refusals(_ octets: [UInt8], _ want: WireError) {
        var name = FoldedName()
        let outcome = Self.read(octets, into: &name)
        #expect(outcome == .failure(want))
    }

    private static func read(_ octets: [UInt8], into name: inout FoldedName) -> Result<Int, WireError> {
        do { return .success(try name.read(from: octets.rawSpan, at: 0)) } catch { return .failure(error) }
    }

    @Test func tooLongByOneOctet() {
        let octets = [UInt8](repeating: 1, count: 256) + [0]
        var name = FoldedName()
        let outcome = Self.read(octets, into: &name)
        #expect(outcome == .failure(WireError(.nameTooLong, at: 254)))
    }

    /// Looking ahead finds the hash that reading finds, and reads no further than the message, whatever is in it.
    @Test func guessIsTheHash() throws {
        for text in [".", "a", "Web-1.Shop.svc.cluster.local", String(repeating: "x1234567.", count: 27) + "y"] {
            let name = try Name(text)
            var folded = FoldedName()
            folded.set(name)
            let message = [UInt8](repeating: 7, count: 12) + name.wire + [0, 1, 0, 1]
            #expect(NameHasher.guess(message.rawSpan, at: 12, seed: NameHasher.seed) == folded.hash, "\(text)")
            #expect(NameHasher.hash(name.wire.rawSpan) == folded.hash)
            for count in message.indices {
                _ = NameHasher.guess(message.rawSpan.extracting(first: count), at: 12, seed: NameHasher.seed)
            }
        }
        let full = [UInt8](repeating: 0xFF, count: 4096)
        _ = NameHasher.guess(full.rawSpan, at: 12, seed: NameHasher.seed)
    }
}
