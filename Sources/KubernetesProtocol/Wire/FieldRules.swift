import ClusterModel
import NetworkAddress

/// The checks that fields of several kinds have in common; `path` is only made where one fails.
enum FieldRules {
    /// `text` if `rule` accepts it; `wanted` says in words what it accepts.
    static func name(
        _ text: String, _ path: @autoclosure () -> String, is wanted: String, where rule: (String) -> Bool
    ) throws(FieldError) -> String {
        guard rule(text) else { throw FieldError(path(), "\(text.quoted) is not \(wanted); choose another") }
        return text
    }

    static func label(_ text: String, _ path: @autoclosure () -> String) throws(FieldError) -> String {
        try name(text, path(), is: "a DNS label (RFC 1123: 1-63 of a-z, 0-9 and -, no - at the ends)") {
            NameRules.isLabel($0)
        }
    }

    /// The name of an object that is no label of a DNS name: it may be longer than a label.
    static func objectName(_ text: String, _ path: @autoclosure () -> String) throws(FieldError) -> String {
        try name(text, path(), is: "an object's name (1-253 of a-z, 0-9, - and .)") { name in
            (1...253).contains(name.utf8.count)
                && name.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x2D...0x2E).contains($0) || (0x30...0x39).contains($0)
                }
        }
    }

    static func portName(_ text: String, _ path: @autoclosure () -> String) throws(FieldError) -> String {
        try name(
            text, path(), is: "a port name (1-15 of a-z, 0-9 and -, with a letter)", where: NameRules.isPortName)
    }

    static func hostName(_ text: String, _ path: @autoclosure () -> String) throws(FieldError) -> String {
        try name(text, path(), is: "a host name", where: NameRules.isHostName)
    }

    static func address(_ text: String, _ path: @autoclosure () -> String) throws(FieldError) -> IPAddress {
        guard let address = IPAddress(text) else {
            throw FieldError(path(), "\(text.quoted) is not an IP address; write IPv4 or IPv6 text")
        }
        return address
    }

    /// A port number, 1-65535.
    static func port(_ number: Int32, _ path: @autoclosure () -> String) throws(FieldError) -> UInt16 {
        guard let port = UInt16(exactly: number), port > 0 else {
            throw FieldError(path(), "is \(number), which is no port; choose one in 1-65535")
        }
        return port
    }

    /// One of the choices by its raw value; `none` where the field is empty.
    static func choice<Choice: RawRepresentable>(
        _ text: String, _ path: @autoclosure () -> String, of choices: [Choice], empty none: Choice
    ) throws(FieldError) -> Choice where Choice.RawValue == String {
        if text.isEmpty { return none }
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            let known = choices.map(\.rawValue).joined(separator: ", ")
            throw FieldError(path(), "\(text.quoted) is not known; choose one of \(known)")
        }
        return choice
    }

    /// TCP where the field is empty, as the API server defaults it.
    static func transport(_ text: String, _ path: @autoclosure () -> String) throws(FieldError) -> TransportProtocol {
        try choice(text, path(), of: TransportProtocol.allCases, empty: .tcp)
    }
}
