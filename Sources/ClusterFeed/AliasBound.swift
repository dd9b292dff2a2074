/// An upper bound on what aliases can make of a document, found without parsing it.
///
/// A node of the expanded document is a node of the text and a choice, for each anchor, of the alias that led
/// through it or of none: at most size × Π(1 + uses) nodes. The text is only searched for `&name` and `*name`, so
/// the same characters inside a string count too; a document is then refused too early, never too late.
enum AliasBound {
    /// Octets that a document may expand to.
    static let limit = 8 << 20

    /// The line on which the first document starts whose bound passes `limit`; nil for most texts.
    static func firstExcess(in octets: [UInt8]) -> Int? {
        guard octets.contains(UInt8(ascii: "&")), octets.contains(UInt8(ascii: "*")) else { return nil }
        var (document, stream) = (AnchorCounts(), AnchorCounts())
        var (line, documentLine) = (1, 1)
        for text in octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if isDocumentStart(text) {
                if isExcessive(document, in: stream) { return documentLine }
                (document, documentLine) = (AnchorCounts(), line)
            }
            document.add(text)
            stream.add(text)
            line += 1
        }
        return isExcessive(document, in: stream) ? documentLine : nil
    }

    /// The parser lets an alias reach into earlier documents; one that does is judged by all of them together.
    private static func isExcessive(_ document: AnchorCounts, in stream: AnchorCounts) -> Bool {
        let reachesBack = document.uses.keys.contains {
            document.definitions[$0] == nil && stream.definitions[$0] != nil
        }
        return (reachesBack ? stream : document).bound > limit
    }

    /// `---` and a blank or the end of the line: a document marker wherever it stands.
    private static func isDocumentStart(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: "---".utf8) else { return false }
        guard let next = line.dropFirst(3).first else { return true }
        return next == UInt8(ascii: " ") || next == 9 || next == 13
    }
}

/// How often each anchor is defined and used.
private struct AnchorCounts {
    private(set) var definitions: [ArraySlice<UInt8>: Int] = [:]
    private(set) var uses: [ArraySlice<UInt8>: Int] = [:]
    private var size = 0

    mutating func add(_ line: ArraySlice<UInt8>) {
        size += line.count + 1
        for (index, octet) in zip(line.indices, line) where octet == UInt8(ascii: "&") || octet == UInt8(ascii: "*") {
            let name = line[(index + 1)...].prefix(while: Self.isNameOctet)
            if name.isEmpty { continue }
            if octet == UInt8(ascii: "&") {
                definitions[name, default: 0] += 1
            } else {
                uses[name, default: 0] += 1
            }
        }
    }

    /// Stops growing once it is past the limit, so that it cannot overflow.
    ///
    /// A name defined several times may be passed once for each definition.
    var bound: Int {
        var bound = size
        for (name, count) in definitions {
            guard let uses = uses[name] else { continue }
            for _ in 0..<min(count, 64) {
                bound *= uses + 1
                if bound > AliasBound.limit { return bound }
            }
        }
        return uses.keys.contains { definitions[$0] != nil } ? bound : 0
    }

    private static func isNameOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
