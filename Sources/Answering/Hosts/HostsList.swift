package import DNSWire
package import NetworkAddress

/// One line of a hosts file: an address and its names, the first the canonical one.
package struct HostsEntry: Hashable, Sendable {
    package var address: IPAddress
    package var names: [Name]

    package init(address: IPAddress, names: [Name]) {
        self.address = address
        self.names = names
    }
}

/// What a `hosts` directive has read, on its way into a table.
///
/// Reads hosts files (hosts(5)): what is no address and name is passed over, as every reader of such files does.
package struct HostsList: Sendable {
    /// Octets of a file; a hosts file has a line for a host, and one over this is none.
    package static let fileOctetCountMax = 64 << 20
    /// Names in all.
    package static let nameCountMax = 2_000_000

    private let nameCountMax: Int
    /// By the hashes of names.
    private(set) var parts = HostsParts()
    private(set) var nameCount = 0
    /// Memory for a name in folded wire form.
    private var name: [UInt8] = []
    /// Names that went over the bound.
    package private(set) var passedOverCount = 0
    /// Names at or below these are kept.
    private let zones: [NameSuffix]
    /// The address read last: lines of a block list all have the same.
    private var lastText: [UInt8] = []
    private var lastAddress: IPAddress?

    /// Begins with the lines of the Corefile.
    package init(_ definition: HostsDefinition, nameCountMax: Int = HostsList.nameCountMax) {
        self.nameCountMax = nameCountMax
        zones = definition.zones.map { NameSuffix($0) }
        var folded = FoldedName()
        for entry in definition.inline {
            for name in entry.names {
                self.name = name.folded.wire
                keep(entry.address, &folded)
            }
        }
    }

    /// Adds a file's lines; of one over the bound, whose last line may be cut, all but that.
    package mutating func append(file octets: [UInt8], octetCountMax: Int = HostsList.fileOctetCountMax) {
        let text = octets.span
        var folded = FoldedName()
        var at = 0
        while at < text.count {
            var end = at
            while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
            if end == text.count, text.count > octetCountMax { return }
            read(text.extracting(at..<end), &folded)
            at = end + 1
        }
    }

    private mutating func read(_ line: Span<UInt8>, _ folded: inout FoldedName) {
        var at = 0
        guard let first = Self.word(of: line, &at), let address = address(line.extracting(first)) else { return }
        while let word = Self.word(of: line, &at) {
            if take(line.extracting(word)) { keep(address, &folded) }
        }
    }

    /// The next word before a comment.
    private static func word(of line: Span<UInt8>, _ at: inout Int) -> Range<Int>? {
        while at < line.count, isSpace(line[at]) { at += 1 }
        let start = at
        while at < line.count, !isSpace(line[at]), line[at] != UInt8(ascii: "#") { at += 1 }
        guard at > start else { return nil }
        return start..<at
    }

    private static func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet &- 9 < 5 }

    /// The address a word stands for, less its zone.
    private mutating func address(_ word: Span<UInt8>) -> IPAddress? {
        if word.count == lastText.count, word.indices.allSatisfy({ word[$0] == lastText[$0] }) { return lastAddress }
        let end = word.indices.first { word[$0] == UInt8(ascii: "%") } ?? word.count
        lastText = word.indices.map { word[$0] }
        lastAddress = IPAddress(utf8: word.extracting(0..<end))
        return lastAddress
    }

    /// Makes a text `name`; false where it is none.
    private mutating func take(_ text: Span<UInt8>) -> Bool {
        name.removeAll(keepingCapacity: true)
        name.append(0)
        var length = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "."):
                guard endLabel(at: length) else { return false }
                length = name.count
                name.append(0)
            case UInt8(ascii: "\\"): return false
            case let octet: name.append(CaseFolding.fold(octet))
            }
        }
        // A final dot is the root's, whose length is there already.
        if length + 1 == name.count { return length > 0 }
        guard endLabel(at: length) else { return false }
        name.append(0)
        return true
    }

    private mutating func endLabel(at length: Int) -> Bool {
        let count = name.count - length - 1
        guard count > 0, count <= Name.labelOctetCountMax else { return false }
        name[length] = UInt8(count)
        return true
    }

    /// Makes `name` a line, where it is a name that is asked for here.
    private mutating func keep(_ address: IPAddress, _ folded: inout FoldedName) {
        let name = name
        guard (try? folded.read(from: name.rawSpan, at: 0)) != nil, isResponsible(for: folded) else { return }
        guard nameCount < nameCountMax else {
            passedOverCount += 1
            return
        }
        parts.append(
            HostsLine(
                key: folded.hash, address: address, sequence: UInt32(truncatingIfNeeded: nameCount), name: name.rawSpan)
        )
        nameCount += 1
    }

    /// Lines with one name in each group; the part is empty afterwards.
    mutating func takePart(_ index: Int) -> HostsPart { parts.take(index) }

    private func isResponsible(for name: borrowing FoldedName) -> Bool {
        for index in zones.indices where zones[index].covers(name) { return true }
        return zones.isEmpty
    }
}
