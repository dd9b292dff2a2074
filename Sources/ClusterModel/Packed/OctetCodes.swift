import NetworkAddress

/// The numbers that stand for the words of an enumeration: a word's place in its list.
///
/// They are in registry files, so a list may grow at its end and never change otherwise.
enum OctetCodes {
    static let kinds: [ObjectKind] = [
        .namespace, .service, .endpointSlice, .pod, .configMap, .secret, .workload, .serviceImport,
    ]
    static let transports: [TransportProtocol] = [.tcp, .udp, .sctp]
    static let serviceTypes: [ServiceType] = [.clusterIP, .nodePort, .loadBalancer, .externalName]
    static let policies: [IPFamilyPolicy?] = [nil, .singleStack, .preferDualStack, .requireDualStack]
    static let families: [IPFamily] = [.ipv4, .ipv6]
    static let addressTypes: [EndpointSlice.AddressType] = [.ipv4, .ipv6, .fqdn]
    static let phases: [PodPhase] = [.pending, .running, .succeeded, .failed, .unknown]
    static let importKinds: [ServiceImport.Kind] = [.clusterSetIP, .headless]

    static func code<Word: Equatable>(of word: Word, in words: [Word]) -> UInt8 {
        guard let place = words.firstIndex(of: word) else { preconditionFailure("every word has a number") }
        return UInt8(place)
    }
}

extension OctetReader {
    func word<Word>(_ code: UInt8, in words: [Word]) throws(ObjectCodingError) -> Word {
        guard words.indices.contains(Int(code)) else { throw error(.badValue) }
        return words[Int(code)]
    }

    /// An octet with options, all of which must be known.
    mutating func options<Options: OptionSet>(_ known: Options) throws(ObjectCodingError) -> Options
    where Options.RawValue == UInt8 {
        let octet = try octet()
        guard octet & ~known.rawValue == 0 else { throw error(.badValue) }
        return Options(rawValue: octet)
    }
}
