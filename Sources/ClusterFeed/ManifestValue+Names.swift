import ClusterModel
import KubernetesProtocol
import NetworkAddress

extension ManifestValue {
    /// A string that `rule` accepts; `wanted` says in words what it accepts.
    func name(_ wanted: String, where rule: (String) -> Bool) throws(FieldError) -> String {
        let text = try string()
        guard rule(text) else { throw FieldError(self, "\(text.quoted) is not \(wanted); choose another") }
        return text
    }

    func label() throws(FieldError) -> String {
        try name("a DNS label (RFC 1123: 1-63 of a-z, 0-9 and -, no - at the ends)") { NameRules.isLabel($0) }
    }

    func subdomain() throws(FieldError) -> String {
        try name("a DNS subdomain (RFC 1123: labels of a-z, 0-9 and - between dots)", where: NameRules.isSubdomain)
    }

    func portName() throws(FieldError) -> String {
        try name("a port name (1-15 of a-z, 0-9 and -, with a letter)", where: NameRules.isPortName)
    }

    func address() throws(FieldError) -> IPAddress {
        let text = try string()
        guard let address = IPAddress(text) else {
            throw FieldError(self, "\(text.quoted) is not an IP address; write IPv4 or IPv6 text")
        }
        return address
    }

    /// A port number, 1-65535.
    func port() throws(FieldError) -> UInt16 {
        let number = try integer()
        guard let port = UInt16(exactly: number), port > 0 else {
            throw FieldError(self, "is \(number), which is no port; choose one in 1-65535")
        }
        return port
    }

    /// One of `choices`, by raw value.
    func choice<Choice: RawRepresentable>(of choices: [Choice]) throws(FieldError) -> Choice
    where Choice.RawValue == String {
        let text = try string()
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            let known = choices.map(\.rawValue).joined(separator: ", ")
            throw FieldError(self, "\(text.quoted) is not known; choose one of \(known)")
        }
        return choice
    }

    /// The member `protocol`; TCP where it is absent or empty, as the API server defaults it.
    func transport() throws(FieldError) -> TransportProtocol {
        guard let value = try member("protocol"), try value.text() != "" else { return .tcp }
        return try value.choice(of: TransportProtocol.allCases)
    }

    /// A time in RFC 3339 form, in seconds since 1970-01-01 UTC.
    func timestamp() throws(FieldError) -> Int64 {
        let text = try text()
        guard let seconds = Timestamp.seconds(rfc3339: text) else {
            throw FieldError(self, "\(text.quoted) is not a time; write it as 2016-12-22T17:42:44Z (RFC 3339)")
        }
        return seconds
    }
}
