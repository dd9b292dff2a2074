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

/// What a `hosts` directive has read, on its way into a table: names in one piece of memory, 32 octets an entry beside.
///
/// Reads hosts files (hosts(5)): what is no address and name is passed over, as every reader of such files does.
package struct HostsList: Sendable {
    /// Octets of a file; a hosts file has a line for a host, and one over this is none.
    package static let fileOctetCountMax = 64 << 20
    /// Names in all; the table of as many takes some 350 MB.
    package static let nameCountMax = 2_000_000

    /// A name of an address.
    struct Entry: Sendable {
        /// Of the name, as `FoldedName` makes it.
        var hash: UInt64
        var address: IPAddress
        /// Where the name lies in `names`; rises with the entries.
        var offset: UInt32
        var octetCount: UInt8

        var range: Range<Int> { Int(offset)..<Int(offset) + Int(octetCount) }
    }

    private let nameCountMax: Int
    private(set) var entries: [Entry] = []
    /// In folded wire form.
    private(set) var names: [UInt8] = []
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
                let start = names.count
                names += name.folded.wire
                keep(from: start, entry.address, &folded)
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
            let start = names.count
            if appendName(line.extracting(word)) {
                keep(from: start, address, &folded)
            } else {
                names.removeSubrange(start...)
            }
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

    /// Appends a name's text in folded wire form; false, with something appended or nothing, where it is none.
    private mutating func appendName(_ text: Span<UInt8>) -> Bool {
        var length = names.count
        names.append(0)
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "."):
                guard endLabel(at: length) else { return false }
                // A final dot is the root's.
                if index == text.count - 1 { break }
                length = names.count
                names.append(0)
            case UInt8(ascii: "\\"): return false
            case let octet: names.append(CaseFolding.fold(octet))
            }
        }
        if text[text.count - 1] != UInt8(ascii: ".") {
            guard endLabel(at: length) else { return false }
        }
        names.append(0)
        return true
    }

    private mutating func endLabel(at length: Int) -> Bool {
        let count = names.count - length - 1
        guard count > 0, count <= Name.labelOctetCountMax else { return false }
        names[length] = UInt8(count)
        return true
    }

    /// Makes the octets from `start` on an entry, where they are a name that is asked for here.
    private mutating func keep(from start: Int, _ address: IPAddress, _ folded: inout FoldedName) {
        guard (try? folded.read(from: names.rawSpan, at: start)) != nil, isResponsible(for: folded) else {
            names.removeSubrange(start...)
            return
        }
        guard entries.count < nameCountMax else {
            names.removeSubrange(start...)
            passedOverCount += 1
            return
        }
        entries.append(
            Entry(
                hash: folded.hash, address: address, offset: UInt32(truncatingIfNeeded: start),
                octetCount: UInt8(truncatingIfNeeded: names.count - start)))
    }

    private func isResponsible(for name: borrowing FoldedName) -> Bool {
        for index in zones.indices where zones[index].covers(name) { return true }
        return zones.isEmpty
    }

    mutating func sort(by isBefore: (Entry, Entry) -> Bool) { entries.sort(by: isBefore) }
}
