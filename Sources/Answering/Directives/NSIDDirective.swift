import Corefile
import DNSWire

/// `nsid [DATA]`: tells clients that ask for it which server answered (RFC 5001); the host's name without DATA.
///
/// DATA is text, several words joined by spaces, or `0x` and an even number of hexadecimal digits; at most 128 octets.
enum NSIDDirective: Setting {
    static let directive = "nsid"

    /// More would take the room of records.
    private static let octetCountMax = 128

    static func apply(_ directive: Directive, to scope: inout BlockScope) throws(CorefileError) {
        try directive.rejectOptions()
        let text = directive.arguments.map(\.text).joined(separator: " ")
        let octets = text.isEmpty ? Array(scope.environment.hostName.utf8) : hexadecimal(text) ?? Array(text.utf8)
        guard octets.count <= octetCountMax else {
            throw directive.arguments.first?.refused("has \(octets.count) octets; at most \(octetCountMax) are sent")
                ?? directive.refused("takes the host's name, which is over \(octetCountMax) octets; write another")
        }
        scope.settings.response.identifier = octets
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = Array(text.dropFirst(2).utf8)
        guard text.hasPrefix("0x"), !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let octet = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            octets.append(octet)
        }
        return octets
    }
}
