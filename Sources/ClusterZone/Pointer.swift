import DNSWire
import DNSZone
import NetworkAddress

/// The target of one PTR record: a Service's own name, or the name of an endpoint below it.
struct Pointer: Hashable, Sendable {
    /// The hash of the Service's name in the primary zone, by which the `NameTable` finds it.
    var service: UInt64
    var label: EndpointLabel

    /// The target of the record for `address`, for the control plane; nil where the table has no such Service.
    func target(of address: IPAddress, in table: NameTable) -> Name? {
        guard let block = table.block(hash: service), let base = Name(folded: block.name) else { return nil }
        return switch label {
        case .service: base
        case .dashed: try? base.prepending(EndpointNames.dashedOctets(address))
        case .named(let octets): try? base.prepending(octets)
        }
    }
}

extension Name {
    /// Takes a name in wire form, without pointers; nil for anything else.
    init?(folded octets: RawSpan) {
        var folded = FoldedName()
        guard (try? folded.read(from: octets, at: 0)) != nil else { return nil }
        self = folded.name
    }
}
