package import DNSWire
package import NetworkAddress

/// What one query and its answer were, for the query log; made without allocating.
package struct QueryRecord: Sendable {
    package var name = InlineArray<256, UInt8>(repeating: 0)
    package var nameOctetCount = 0
    package var id: UInt16 = 0
    package var type = RRType(rawValue: 0)
    package var qclass = RRClass(rawValue: 0)
    package var transport = QueryTransport.udp
    package var remote = IPAddress(ipv4: 0)
    package var remotePort: UInt16 = 0
    package var requestOctetCount = 0
    package var responseOctetCount = 0
    package var dnssecOK = false
    package var bufferSize = 512
    package var rcode = RCODE.noError
    /// The second header word of the response.
    package var responseFlags: UInt16 = 0
    package var durationNanoseconds: UInt64 = 0
    /// Which block's `log` and `errors` it is for.
    package var block = 0
    package var isError = false
    /// Why the server failed, where that is known.
    package var failure: ExtendedError?

    package init() {}

    package init(_ query: borrowing Query, outcome: Answerer.Outcome, client: QueryClient) {
        let octets = query.name.octets
        nameOctetCount = octets.byteCount
        for index in 0..<octets.byteCount { name[index] = octets[unchecked8: index] }
        id = query.id
        type = query.qtype
        qclass = query.qclass
        transport = client.transport
        remote = client.address
        remotePort = client.port
        dnssecOK = query.edns.dnssecOK
        bufferSize = query.edns.udpSize
        requestOctetCount = outcome.requestOctetCount
        responseOctetCount = outcome.responseOctetCount
        rcode = outcome.rcode
        responseFlags = outcome.flags
        block = outcome.block
        isError = outcome.isError
        failure = outcome.failure
    }
}

/// Who asked, and how.
package struct QueryClient: Sendable {
    package var transport: QueryTransport
    package var address: IPAddress
    package var port: UInt16

    package init(transport: QueryTransport, address: IPAddress, port: UInt16) {
        self.transport = transport
        self.address = address
        self.port = port
    }
}
