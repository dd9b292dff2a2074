import CLinux
import Glibc
package import NetworkAddress

/// An address that a link of this machine has.
package struct LinkAddress: Hashable, Sendable {
    /// The name of the link: `nodelocaldns`, `lo`.
    package var link: String
    package var address: IPAddress
    /// Whether clusterdns has added it, this process or another, and says so on the address itself.
    package var isMarked: Bool

    package init(link: String, address: IPAddress, isMarked: Bool) {
        self.link = link
        self.address = address
        self.isMarked = isMarked
    }
}

/// Links and addresses as the kernel has them (rtnetlink(7)).
package enum Links {
    /// What an address of ours on a link of others is labelled, behind the link's name (IPv4; `ip address` shows it).
    private static let labelSuffix = ":clusterdns"
    /// Who added the address (IFA_PROTO), for both families where the kernel keeps it; 0-3 are the kernel's own.
    private static let origin: Int32 = 53

    /// Whether this process may change them.
    package static var mayChange: Bool { clinux_may_configure_network() == 1 }

    /// Every address of every link.
    package static func addresses() throws(NodeNetworkError) -> [LinkAddress] {
        var found: [LinkAddress] = []
        // SAFETY: the call ends before `found` does, and passes the pointer on to `visit` unchanged.
        let result = unsafe withUnsafeMutablePointer(to: &found) { unsafe clinux_link_addresses(visit, $0) }
        guard result == 0 else { throw refusal(result, "list the addresses of this machine") }
        return found
    }

    /// Makes a link of the kind, or takes the one of that name; false where the kernel does not have the kind.
    package static func create(_ link: String, kind: String) throws(NodeNetworkError) -> Bool {
        // SAFETY: both names are NUL-terminated copies that outlive the call.
        let result = unsafe clinux_link_create(link, kind)
        if result == -EOPNOTSUPP { return false }
        guard result == 0 else { throw refusal(result, "create the link \(link)") }
        return true
    }

    /// Deletes the link where it is of the kind and nobody has an address there.
    package static func deleteUnused(_ link: String, kind: String) throws(NodeNetworkError) {
        // SAFETY: both names are NUL-terminated copies that outlive the call.
        let result = unsafe clinux_link_delete_unused(link, kind)
        guard result >= 0 else { throw refusal(result, "delete the link \(link)") }
    }

    /// Adds the address with the mark; one that is there already stays as it is.
    package static func add(_ address: IPAddress, to link: String) throws(NodeNetworkError) {
        let octets = address.octets
        // SAFETY: the names are NUL-terminated, and the function reads as many octets as it is told.
        let result = unsafe clinux_address_add(link, octets, octets.count, label(on: link), origin)
        guard result == 0 || result == -EEXIST else { throw refusal(result, "add \(address) to \(link)") }
    }

    /// Takes the address away; one that is not there is no error.
    package static func remove(_ address: IPAddress, from link: String) throws(NodeNetworkError) {
        let octets = address.octets
        // SAFETY: the name is NUL-terminated, and the function reads as many octets as it is told.
        let result = unsafe clinux_address_remove(link, octets, octets.count)
        guard [0, -EADDRNOTAVAIL, -ENODEV].contains(result) else {
            throw refusal(result, "remove \(address) from \(link)")
        }
    }

    /// nil where the link's name is too long to have something behind it: labels have 15 octets.
    private static func label(on link: String) -> String? {
        let label = link + labelSuffix
        return label.utf8.count <= 15 ? label : nil
    }

    private static func refusal(_ result: Int32, _ task: String) -> NodeNetworkError {
        let remedy =
            switch -result {
            case EPERM: "grant CAP_NET_ADMIN, or have it done before the start"
            case EACCES: "IPv6 may be off on that link (sysctl net.ipv6.conf.all.disable_ipv6)"
            default: "see what \"ip address\" shows"
            }
        return NodeNetworkError(.refused(-result), task: task, remedy: remedy)
    }

    private static let visit: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<clinux_link_address>?) -> Void = {
        context, found in
        guard let context = unsafe context, var found = unsafe found?.pointee else { return }
        // SAFETY: the strings end with NUL inside their arrays, and the address has no more octets than its array.
        let octets = unsafe withUnsafeBytes(of: &found.octets) { unsafe Array($0.prefix(found.length)) }
        guard let address = IPAddress(octets: octets) else { return }
        let link = text(&found.link)
        let isMarked = found.origin == origin || text(&found.label) == link + labelSuffix
        // SAFETY: the context is the array that `addresses` handed in.
        let list = unsafe context.assumingMemoryBound(to: [LinkAddress].self)
        unsafe list.pointee.append(LinkAddress(link: link, address: address, isMarked: isMarked))
    }

    /// A string in an array of characters, up to its NUL.
    private static func text<Array>(_ characters: inout Array) -> String {
        // SAFETY: the octets of the array are read while it lives.
        unsafe withUnsafeBytes(of: &characters) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
