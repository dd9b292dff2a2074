/// The `$(VAR)` references of a container's `env:` values, as kubelet expands them.
///
/// `$$` stands for `$`; a reference to an unknown variable and one without its `)` stay as they are; what a
/// variable holds is not expanded again (k8s.io/kubernetes, third_party/forked/golang/expansion).
enum VariableExpansion {
    static func expand(_ text: String, _ value: (String) -> String?) -> String {
        let octets = Array(text.utf8)
        var result: [UInt8] = []
        var place = 0
        while place < octets.count {
            guard octets[place] == UInt8(ascii: "$"), place + 1 < octets.count else {
                result.append(octets[place])
                place += 1
                continue
            }
            place += reference(octets[place...], value, to: &result)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Reads what starts at a `$` with an octet behind it; returns how many octets that was.
    private static func reference(
        _ text: ArraySlice<UInt8>, _ value: (String) -> String?, to result: inout [UInt8]
    ) -> Int {
        switch text[text.startIndex + 1] {
        case UInt8(ascii: "$"):
            result.append(UInt8(ascii: "$"))
        case UInt8(ascii: "("):
            guard let end = text.firstIndex(of: UInt8(ascii: ")")) else { fallthrough }
            let name = String(decoding: text[(text.startIndex + 2)..<end], as: UTF8.self)
            result += (value(name) ?? "$(\(name))").utf8
            return end - text.startIndex + 1
        default:
            result += text.prefix(2)
        }
        return 2
    }
}
