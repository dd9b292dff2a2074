/// The spelling of label keys and values (apimachinery, pkg/util/validation: `IsQualifiedName`, `IsValidLabelValue`).
enum LabelSyntax {
    /// `[prefix/]name`: the prefix a DNS subdomain of at most 253 octets, the name of at most 63.
    static func isKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0].utf8)
        case 2: return isSubdomain(parts[0]) && isName(parts[1].utf8)
        default: return false
        }
    }

    /// Empty, or at most 63 letters, digits, `-`, `_` and `.` between letters or digits.
    static func isValue(_ text: String) -> Bool { text.isEmpty || isName(text.utf8) }

    private static func isName(_ octets: some BidirectionalCollection<UInt8>) -> Bool {
        guard octets.count <= 63, let first = octets.first, let last = octets.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && octets.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isSubdomain(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                let octets = Array(label.utf8)
                return !octets.isEmpty && octets.first != UInt8(ascii: "-") && octets.last != UInt8(ascii: "-")
                    && octets.allSatisfy {
                        isAlphanumeric($0) && !(0x41...0x5A).contains($0) || $0 == UInt8(ascii: "-")
                    }
            }
    }

    private static func isAlphanumeric(_ octet: UInt8) -> Bool {
        (0x30...0x39).contains(octet) || (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
    }
}
