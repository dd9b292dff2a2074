import NetworkAddress

/// The first octet of a Service: type (two bits), `None`, unready endpoints, family policy (two bits), whether one
/// IPv4 address follows, and whether a second octet says which other fields there are.
private enum ServiceHead {
    static let isHeadless: UInt8 = 0x04
    static let publishesNotReady: UInt8 = 0x08
    static let policyShift: UInt8 = 4
    static let isSingleIPv4: UInt8 = 0x40
    static let hasFields: UInt8 = 0x80
}

private struct ServiceFields: OptionSet {
    let rawValue: UInt8
    static let clusterIPs = ServiceFields(rawValue: 1)
    static let verbatimClusterIP = ServiceFields(rawValue: 2)
    static let externalName = ServiceFields(rawValue: 4)
    static let selector = ServiceFields(rawValue: 8)
    static let ipFamilies = ServiceFields(rawValue: 16)
    static let externalIPs = ServiceFields(rawValue: 32)
    static let loadBalancerIngress = ServiceFields(rawValue: 64)
    static let known = ServiceFields(rawValue: 127)
}

extension OctetWriter {
    mutating func service(_ service: Service) {
        let only = service.clusterIPs.count == 1 ? service.clusterIPs.first { $0.family == .ipv4 } : nil
        let fields = ServiceFields(service, hasOnlyIPv4: only != nil)
        octet(
            Self.head(service) | (only == nil ? 0 : ServiceHead.isSingleIPv4)
                | (fields.isEmpty ? 0 : ServiceHead.hasFields))
        if !fields.isEmpty { octet(fields.rawValue) }
        if let only { bare(only) }
        list(service.ports) { $0.servicePort($1) }
        if fields.contains(.clusterIPs) { addresses(service.clusterIPs) }
        if let verbatim = service.verbatimClusterIP { text(verbatim) }
        if fields.contains(.externalName) { text(service.externalName) }
        if fields.contains(.selector) { textMap(service.selector) }
        if fields.contains(.ipFamilies) {
            list(service.ipFamilies) { $0.octet(OctetCodes.code(of: $1, in: OctetCodes.families)) }
        }
        if fields.contains(.externalIPs) { texts(service.externalIPs) }
        if fields.contains(.loadBalancerIngress) { texts(service.loadBalancerIngress) }
    }

    private static func head(_ service: Service) -> UInt8 {
        OctetCodes.code(of: service.type, in: OctetCodes.serviceTypes)
            | (service.isHeadless ? ServiceHead.isHeadless : 0)
            | (service.publishNotReadyAddresses ? ServiceHead.publishesNotReady : 0)
            | OctetCodes.code(of: service.ipFamilyPolicy, in: OctetCodes.policies) << ServiceHead.policyShift
    }
}

extension ServiceFields {
    fileprivate init(_ service: Service, hasOnlyIPv4: Bool) {
        self = []
        if !service.clusterIPs.isEmpty, !hasOnlyIPv4 { insert(.clusterIPs) }
        if service.verbatimClusterIP != nil { insert(.verbatimClusterIP) }
        if !service.externalName.isEmpty { insert(.externalName) }
        if !service.selector.isEmpty { insert(.selector) }
        if !service.ipFamilies.isEmpty { insert(.ipFamilies) }
        if !service.externalIPs.isEmpty { insert(.externalIPs) }
        if !service.loadBalancerIngress.isEmpty { insert(.loadBalancerIngress) }
    }
}

extension OctetReader {
    mutating func service(_ metadata: ObjectMetadata) throws(ObjectCodingError) -> Service {
        var service = Service(metadata: metadata)
        let head = try octet()
        let fields = head & ServiceHead.hasFields == 0 ? [] : try options(ServiceFields.known)
        service.type = try word(head & 0b11, in: OctetCodes.serviceTypes)
        service.isHeadless = head & ServiceHead.isHeadless != 0
        service.publishNotReadyAddresses = head & ServiceHead.publishesNotReady != 0
        service.ipFamilyPolicy = try word(head >> ServiceHead.policyShift & 0b11, in: OctetCodes.policies)
        if head & ServiceHead.isSingleIPv4 != 0 { service.clusterIPs = [IPAddress(packed: octets[try skip(4)])] }
        service.ports = try list { (reader) throws(ObjectCodingError) in try reader.servicePort() }
        if fields.contains(.clusterIPs) { service.clusterIPs = try addresses() }
        if fields.contains(.verbatimClusterIP) { service.verbatimClusterIP = try text() }
        if fields.contains(.externalName) { service.externalName = try text() }
        if fields.contains(.selector) { service.selector = try textMap() }
        if fields.contains(.ipFamilies) {
            service.ipFamilies = try list { (reader) throws(ObjectCodingError) in
                try reader.word(try reader.octet(), in: OctetCodes.families)
            }
        }
        if fields.contains(.externalIPs) { service.externalIPs = try texts() }
        if fields.contains(.loadBalancerIngress) { service.loadBalancerIngress = try texts() }
        return service
    }
}
