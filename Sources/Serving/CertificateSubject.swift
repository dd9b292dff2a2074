import NIOSSL

/// Who a certificate is for, in words: its subject (RFC 5280 §4.1.2.6), else its alternative names.
enum CertificateSubject {
    /// Attributes with a short name, by the octets of their object identifiers (RFC 4519 §2).
    private static let names: [[UInt8]: String] = [
        [0x55, 4, 3]: "CN", [0x55, 4, 10]: "O", [0x55, 4, 11]: "OU", [0x55, 4, 6]: "C", [0x55, 4, 7]: "L",
        [0x55, 4, 8]: "ST",
    ]
    /// More than this is cut, so that a line of the log stays one.
    private static let shownCountMax = 160
    /// Attributes that are looked at.
    private static let attributeCountMax = 16

    /// `CN=dns.example,O=Example`; `no subject` where there is neither subject nor name.
    static func text(of certificate: NIOSSLCertificate) -> String {
        let subject = (try? certificate.toDERBytes()).flatMap { Self.subject(of: $0) } ?? ""
        if !subject.isEmpty { return shown(subject) }
        let names = certificate._subjectAlternativeNames().filter { $0.nameType == .dnsName }
            .map { String(decoding: $0.contents, as: UTF8.self) }
        return names.isEmpty ? "no subject" : shown(names.joined(separator: ","))
    }

    private static func shown(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(shownCountMax)
        return String(String.UnicodeScalarView(scalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }

    /// The subject of a Certificate in DER: the sixth field of its first part, or the fifth where the version is left out.
    static func subject(of octets: [UInt8]) -> String? {
        guard var certificate = DERElement(octets[...])?.parts, let signed = certificate.next(),
            var fields = signed.parts
        else { return nil }
        let isVersioned = signed.content.first == 0xA0
        // Version, serial number, signature, issuer, validity.
        for _ in 0..<(isVersioned ? 5 : 4) where fields.next() == nil { return nil }
        guard var sets = fields.next()?.parts else { return nil }
        var words: [String] = []
        while words.count < attributeCountMax, let set = sets.next() {
            guard var attributes = set.parts, var pair = attributes.next()?.parts, let type = pair.next(),
                let value = pair.next()
            else { return nil }
            guard let name = names[Array(type.content)] else { continue }
            words.append("\(name)=\(String(decoding: value.content, as: UTF8.self))")
        }
        return words.joined(separator: ",")
    }
}

/// One element of DER (X.690 §8.1): a tag of one octet, a length, and the content.
private struct DERElement {
    /// Octets a length may have: enough for any file that is read.
    private static let lengthOctetCountMax = 4

    let isConstructed: Bool
    let content: ArraySlice<UInt8>
    /// What follows the element.
    let rest: ArraySlice<UInt8>

    /// Fails where the octets end before the element does.
    init?(_ octets: ArraySlice<UInt8>) {
        guard let tag = octets.first, let first = octets.dropFirst().first else { return nil }
        var body = octets.dropFirst(2)
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...Self.lengthOctetCountMax).contains(count), body.count >= count else { return nil }
            length = body.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            body = body.dropFirst(count)
        }
        guard length <= body.count else { return nil }
        isConstructed = tag & 0x20 != 0
        content = body.prefix(length)
        rest = body.dropFirst(length)
    }

    /// The elements inside; nil for one that has none.
    var parts: DERParts? { isConstructed ? DERParts(octets: content) : nil }
}

/// The elements inside another, one after the other.
private struct DERParts {
    var octets: ArraySlice<UInt8>

    /// nil at the end, and where what follows is no element.
    mutating func next() -> DERElement? {
        guard let element = DERElement(octets) else { return nil }
        octets = element.rest
        return element
    }
}
