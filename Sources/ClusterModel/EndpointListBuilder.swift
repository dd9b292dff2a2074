import NetworkAddress

/// Packs endpoints one by one, so that a reader need not hold them all.
package struct EndpointListBuilder {
    private var writer = OctetWriter()
    private var count = 0
    /// Where each text that may come again was written first.
    private var places: [String: Int] = [:]

    package init() {}

    /// What was appended so far.
    package var list: EndpointList { EndpointList(octets: writer.octets[...], count: count) }

    /// Puts `endpoint` behind the others; equal sequences give equal octets.
    package mutating func append(_ endpoint: Endpoint) {
        let only = endpoint.addresses.count == 1 ? endpoint.addresses.first { $0.family == .ipv4 } : nil
        let fields = Self.fields(of: endpoint, hasOnlyIPv4: only != nil)
        writer.octet(Self.head(of: endpoint, hasOnlyIPv4: only != nil, fields))
        if !fields.isEmpty { writer.octet(fields.rawValue) }
        if let only { writer.bare(only) }
        if fields.contains(.addresses) { writer.addresses(endpoint.addresses) }
        if fields.contains(.hostname) { writer.text(endpoint.hostname) }
        if fields.contains(.nodeName) { share(endpoint.nodeName) }
        if let target = endpoint.target {
            if !fields.contains(.isPod) { share(target.kind) }
            share(target.namespace)
            writer.text(target.name)
        }
        if fields.contains(.hostNames) { writer.texts(endpoint.hostNames) }
        count += 1
    }

    private mutating func share(_ text: String) {
        if let place = places[text] {
            writer.number(UInt64(place) << 1 | 1)
            return
        }
        places[text] = writer.octets.count
        writer.number(UInt64(text.utf8.count) << 1)
        writer.append(text.utf8)
    }

    private static func fields(of endpoint: Endpoint, hasOnlyIPv4: Bool) -> EndpointLayout.Fields {
        var fields: EndpointLayout.Fields = []
        if !endpoint.addresses.isEmpty, !hasOnlyIPv4 { fields.insert(.addresses) }
        if !endpoint.hostname.isEmpty { fields.insert(.hostname) }
        if !endpoint.nodeName.isEmpty { fields.insert(.nodeName) }
        if let target = endpoint.target { fields.formUnion(target.kind == "Pod" ? [.target, .isPod] : .target) }
        if !endpoint.hostNames.isEmpty { fields.insert(.hostNames) }
        return fields
    }

    private static func head(of endpoint: Endpoint, hasOnlyIPv4: Bool, _ fields: EndpointLayout.Fields) -> UInt8 {
        typealias Head = EndpointLayout.Head
        let code = { (condition: Bool?) -> UInt8 in condition.map { $0 ? 2 : 1 } ?? 0 }
        return code(endpoint.ready) << Head.ready | code(endpoint.serving) << Head.serving
            | code(endpoint.terminating) << Head.terminating | (hasOnlyIPv4 ? Head.isSingleIPv4 : 0)
            | (fields.isEmpty ? 0 : Head.hasFields)
    }
}
