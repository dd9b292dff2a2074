import DNSWire
package import DNSZone

extension LDNSMessage {
    /// What libldns says of each signature in the answer and authority sections: `owner TYPE-COVERED: OK`, or the fault.
    ///
    /// `keys` are those that may sign, `at` is the time of day in seconds since 1970. A signature is held against the records
    /// of its section that have its owner and the type it covers; record sets without one are not named.
    package static func signatures(
        in octets: [UInt8], keys: [SigningKey], at seconds: Int64
    ) throws(LDNSError) -> [String] {
        try LDNSHandles.signatures(octets, keys: keys.map { ($0.zone.wire, $0.dnskey) }, at: Int(seconds))
    }
}
