import DNSWire
import Patterns

/// A change of the names in a record.
enum RecordEdit: Sendable {
    enum Change: Sendable {
        case rename(RewriteTrace.Rename)
        case rewrite(NameRewrite)
        case pattern(Pattern, GroupText)

        /// The name it makes of `name`; nil where it changes nothing, or what it makes is no name.
        func applied(to name: Name) -> Name? {
            switch self {
            case .rename(let rename): rename.undone(in: name)
            case .rewrite(let rewrite): rewrite.applied(to: name)
            case .pattern(let pattern, let text):
                pattern.firstMatch(in: name.foldedPresentation).flatMap { text.name($0) }
            }
        }
    }

    case owner(Change)
    /// The name in RDATA of CNAME, DNAME, MX, NAPTR, NS, PTR, SOA (MNAME) and SRV.
    case value(Change)

    func apply(to record: inout DNSMessage.Record) {
        switch self {
        case .owner(let change): record.owner = change.applied(to: record.owner) ?? record.owner
        case .value(let change):
            guard let value = record.value, let new = change.applied(to: value) else { return }
            record.value = new
        }
    }
}

extension RewriteTrace.Rename {
    /// Puts the name before the change in the place of the one after it, also at the end of a longer name.
    fileprivate func undone(in name: Name) -> Name? {
        guard name.isAtOrBelow(after) else { return nil }
        return try? Name(labels: name.labels.dropLast(after.labelCount) + before.labels)
    }
}

extension NameRewrite {
    func applied(to name: Name) -> Name? {
        var folded = FoldedName()
        folded.set(name)
        return apply(to: &folded) == .changed ? folded.name : nil
    }
}

extension Name {
    fileprivate var foldedPresentation: [UInt8] {
        var folded = FoldedName()
        folded.set(self)
        return folded.presentation
    }
}

extension DNSMessage.Record {
    private static let valueTypes: [RRType] = [
        .cname, .dname, .mx, .naptr, .ns, .ptr, .soa, .srv,
    ]

    /// The first name in RDATA of the types that `answer value` is about; nil for others.
    ///
    /// To set it to nil changes nothing.
    var value: Name? {
        get { valueRange.flatMap { try? Name(reading: Array(rdata[$0]).rawSpan) } }
        set {
            guard let newValue, let range = valueRange else { return }
            rdata.replaceSubrange(range, with: newValue.wire)
        }
    }

    private var valueRange: Range<Int>? {
        let octets = rdata.rawSpan
        guard Self.valueTypes.contains(type), let start = RDATALayout.firstName(of: type, in: octets, from: 0),
            let end = try? octets.skipName(at: start)
        else { return nil }
        return start..<end
    }
}

extension Name {
    fileprivate init(reading wire: RawSpan) throws(WireError) {
        var at = 0
        try self.init(reading: wire, at: &at)
    }
}
