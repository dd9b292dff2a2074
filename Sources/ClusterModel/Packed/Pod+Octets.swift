import NetworkAddress

/// The first octet of a Pod: phase (three bits), readiness, service links, whether one IPv4 address follows, and
/// whether a second octet says which other fields there are.
private enum PodHead {
    static let phase: UInt8 = 0x07
    static let isReady: UInt8 = 0x08
    static let hasServiceLinks: UInt8 = 0x10
    static let isSingleIPv4: UInt8 = 0x40
    static let hasFields: UInt8 = 0x80
    static let known: UInt8 = 0xDF
}

private struct PodFields: OptionSet {
    let rawValue: UInt8
    static let podIPs = PodFields(rawValue: 1)
    static let hostIPs = PodFields(rawValue: 2)
    /// Ready containers and restarts.
    static let counts = PodFields(rawValue: 4)
    /// Hostname and subdomain.
    static let names = PodFields(rawValue: 8)
    static let nodeName = PodFields(rawValue: 16)
    /// Where it is not `default`.
    static let serviceAccountName = PodFields(rawValue: 32)
    static let startTime = PodFields(rawValue: 64)
    /// Containers and controller.
    static let owned = PodFields(rawValue: 128)
}

extension OctetWriter {
    mutating func pod(_ pod: Pod) {
        let only = pod.podIPs.count == 1 ? pod.podIPs.first { $0.family == .ipv4 } : nil
        let fields = PodFields(pod, hasOnlyIPv4: only != nil)
        octet(Self.head(pod) | (only == nil ? 0 : PodHead.isSingleIPv4) | (fields.isEmpty ? 0 : PodHead.hasFields))
        if !fields.isEmpty { octet(fields.rawValue) }
        if let only { bare(only) }
        if fields.contains(.podIPs) { addresses(pod.podIPs) }
        if fields.contains(.hostIPs) { addresses(pod.hostIPs) }
        if fields.contains(.counts) { for count in [pod.readyContainers, pod.restarts] { signedNumber(Int64(count)) } }
        if fields.contains(.names) { for name in [pod.hostname, pod.subdomain] { text(name) } }
        if fields.contains(.nodeName) { text(pod.nodeName) }
        if fields.contains(.serviceAccountName) { text(pod.serviceAccountName) }
        if let time = pod.startTime { signedNumber(time) }
        if fields.contains(.owned) {
            list(pod.containers) { $0.container($1) }
            text(pod.controller)
        }
    }

    private static func head(_ pod: Pod) -> UInt8 {
        OctetCodes.code(of: pod.phase, in: OctetCodes.phases) | (pod.isReady ? PodHead.isReady : 0)
            | (pod.enableServiceLinks ? PodHead.hasServiceLinks : 0)
    }
}

extension PodFields {
    fileprivate init(_ pod: Pod, hasOnlyIPv4: Bool) {
        self = []
        if !pod.podIPs.isEmpty, !hasOnlyIPv4 { insert(.podIPs) }
        if !pod.hostIPs.isEmpty { insert(.hostIPs) }
        if pod.readyContainers != 0 || pod.restarts != 0 { insert(.counts) }
        if !pod.hostname.isEmpty || !pod.subdomain.isEmpty { insert(.names) }
        if !pod.nodeName.isEmpty { insert(.nodeName) }
        if pod.serviceAccountName != "default" { insert(.serviceAccountName) }
        if pod.startTime != nil { insert(.startTime) }
        if !pod.containers.isEmpty || !pod.controller.isEmpty { insert(.owned) }
    }
}

extension OctetReader {
    mutating func pod(_ metadata: ObjectMetadata) throws(ObjectCodingError) -> Pod {
        let head = try octet()
        guard head & ~PodHead.known == 0 else { throw error(.badValue) }
        let fields = head & PodHead.hasFields == 0 ? [] : PodFields(rawValue: try octet())
        var pod = Pod(metadata: metadata, phase: try word(head & PodHead.phase, in: OctetCodes.phases))
        pod.isReady = head & PodHead.isReady != 0
        pod.enableServiceLinks = head & PodHead.hasServiceLinks != 0
        if head & PodHead.isSingleIPv4 != 0 { pod.podIPs = [IPAddress(packed: octets[try skip(4)])] }
        if fields.contains(.podIPs) { pod.podIPs = try addresses() }
        if fields.contains(.hostIPs) { pod.hostIPs = try addresses() }
        if fields.contains(.counts) {
            pod.readyContainers = Int(try signedNumber())
            pod.restarts = Int(try signedNumber())
        }
        if fields.contains(.names) {
            pod.hostname = try text()
            pod.subdomain = try text()
        }
        if fields.contains(.nodeName) { pod.nodeName = try text() }
        if fields.contains(.serviceAccountName) { pod.serviceAccountName = try text() }
        if fields.contains(.startTime) { pod.startTime = try signedNumber() }
        if fields.contains(.owned) {
            pod.containers = try list { (reader) throws(ObjectCodingError) in try reader.container() }
            pod.controller = try text()
        }
        return pod
    }
}
