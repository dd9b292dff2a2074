package import DNSWire

/// What is asked of upstreams, and what the cache keeps answers by: name, type, class, DO, CD (CVE-2024-0874), options.
package struct UpstreamQuestion: Hashable, Sendable {
    /// Folded wire form.
    package let name: [UInt8]
    package let type: RRType
    package let qclass: RRClass
    package let dnssecOK: Bool
    package let checkingDisabled: Bool
    /// EDNS options that `rewrite` adds, in wire form: with others the answer may be another.
    package let options: [UInt8]
    /// Of the name, as `FoldedName` makes it.
    package let nameHash: UInt64

    /// The question that `query` now stands for, which may be the target of a CNAME.
    package init(_ query: borrowing Query) {
        var octets: [UInt8] = []
        octets.append(octetsOf: query.name.octets)
        name = octets
        type = query.qtype
        qclass = query.qclass
        dnssecOK = query.edns.dnssecOK
        checkingDisabled = query.checkingDisabled
        options = query.upstreamOptions
        nameHash = query.name.hash
    }

    package init(
        name: Name, type: RRType, qclass: RRClass = .internet, dnssecOK: Bool = false, checkingDisabled: Bool = false
    ) {
        let folded = name.folded.wire
        self.name = folded
        self.type = type
        self.qclass = qclass
        self.dnssecOK = dnssecOK
        self.checkingDisabled = checkingDisabled
        options = []
        nameHash = NameHasher.hash(folded.rawSpan)
    }

    /// The question for every type at once: what a proven NXDOMAIN is kept by, beside its own.
    static let anyTypeMarker = RRType(rawValue: 0)

    /// The same question for every type.
    var marker: UpstreamQuestion { UpstreamQuestion(self, type: Self.anyTypeMarker) }

    private init(_ other: UpstreamQuestion, type: RRType) {
        name = other.name
        nameHash = other.nameHash
        qclass = other.qclass
        dnssecOK = other.dnssecOK
        checkingDisabled = other.checkingDisabled
        options = other.options
        self.type = type
    }

    /// Whether `query` now asks the same.
    package func matches(_ query: borrowing Query) -> Bool {
        nameHash == query.name.hash && type == query.qtype && qclass == query.qclass
            && dnssecOK == query.edns.dnssecOK && checkingDisabled == query.checkingDisabled
            && query.name.octetCount == name.count && query.name.hasSameOctets(as: name.rawSpan)
            && options == query.upstreamOptions
    }

    /// The name in presentation format.
    package var text: String {
        var at = 0
        return (try? Name(reading: name.rawSpan, at: &at))?.description ?? "."
    }

    package static func == (left: UpstreamQuestion, right: UpstreamQuestion) -> Bool {
        left.nameHash == right.nameHash && left.type == right.type && left.qclass == right.qclass
            && left.dnssecOK == right.dnssecOK && left.checkingDisabled == right.checkingDisabled
            && left.name == right.name && left.options == right.options
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(nameHash)
        hasher.combine(type.rawValue)
    }
}

extension FoldedName {
    /// Whether the name is exactly these folded octets of the same count.
    package func hasSameOctets(as other: RawSpan) -> Bool {
        guard other.byteCount == octetCount else { return false }
        let own = octets
        var index = 0
        while index + 8 <= other.byteCount {
            guard own[word64: index] == other[word64: index] else { return false }
            index += 8
        }
        while index < other.byteCount {
            guard own[unchecked8: index] == other[unchecked8: index] else { return false }
            index += 1
        }
        return true
    }
}
