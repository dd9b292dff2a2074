package import Answering
import NetworkAddress

/// The nameservers of a file in the format of resolv.conf(5).
package enum ResolvConf {
    /// Octets of such a file that are read: it has a line for each nameserver, and few others.
    package static let octetCountMax = 64 * 1024
    /// Upstreams taken from one file.
    private static let countMax = 15

    /// The addresses of the `nameserver` lines in their order, each once, and the words that are none.
    package static func nameservers(in text: String) -> (addresses: [UpstreamAddress], unreadable: [String]) {
        var addresses: [UpstreamAddress] = []
        var unreadable: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count > 1, words[0] == "nameserver" else { continue }
            guard let address = UpstreamAddress(String(words[1])) else {
                unreadable.append(String(words[1].prefix(64)))
                continue
            }
            if !addresses.contains(address), addresses.count < countMax { addresses.append(address) }
        }
        return (addresses, unreadable)
    }
}
