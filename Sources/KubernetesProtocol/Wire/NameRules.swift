/// The spellings the API server demands of names (apimachinery, pkg/util/validation).
package enum NameRules {
    /// RFC 1123 label: at most 63 of `a-z`, `0-9`, `-`, no `-` first or last.
    package static func isLabel(_ text: some StringProtocol) -> Bool {
        let octets = text.utf8
        guard (1...63).contains(octets.count), let first = octets.first, let last = text.utf8.reversed().first else {
            return false
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && octets.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// RFC 1035 label: as `isLabel`, and a letter first.
    package static func isServiceName(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        return isLetter(first) && isLabel(text)
    }

    /// RFC 1123 subdomain: labels between dots, at most 253 octets (the limit on each label is 63 as DNS needs it).
    package static func isSubdomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
    }

    /// A host name as the target of an ExternalName Service: a subdomain in any case, underscores allowed, one dot last.
    package static func isHostName(_ text: String) -> Bool {
        let name = text.hasSuffix(".") ? text.dropLast() : text[...]
        return !name.isEmpty && name.utf8.count <= 253
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                isLabel(label.lowercased().replacing("_", with: "x"))
            }
    }

    /// The name of a container port (IANA_SVC_NAME, RFC 6335 §5.1): at most 15 octets, a letter in it, no `--`.
    package static func isPortName(_ text: String) -> Bool {
        text.utf8.count <= 15 && isLabel(text) && text.utf8.contains(where: isLetter) && !text.contains("--")
    }

    private static func isLetter(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet) }
    private static func isAlphanumeric(_ octet: UInt8) -> Bool { isLetter(octet) || (0x30...0x39).contains(octet) }
}
