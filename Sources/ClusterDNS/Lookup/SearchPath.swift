import DNSWire

/// The names a Pod's resolver asks for one after another (resolv.conf(5); glibc, resolv/res_query.c, `res_search`).
struct SearchPath: Hashable {
    /// The `search` line kubelet writes, for a Pod with the DNS policy ClusterFirst.
    let domains: [Name]
    /// A name with at least this many dots is asked as it is first.
    let ndots: Int

    init(namespace: String, zone: Name, ndots: Int) throws(WireError) {
        let services = try zone.prepending("svc")
        domains = [try services.prepending(namespace), services, zone]
        self.ndots = ndots
    }

    /// Whether the name is asked as it is before the search; then no failure of that query ends the search.
    func startsAsItIs(_ text: String) -> Bool { text.utf8.count { $0 == UInt8(ascii: ".") } >= ndots }

    /// Every name that may be asked, in order; an absolute one (final dot) is the only one.
    ///
    /// Joined names over 255 octets are left out, as glibc leaves them out.
    func candidates(_ text: String) throws(WireError) -> [Name] {
        let name = try Name(text)
        if text.hasSuffix(".") { return [name] }
        let searched = domains.compactMap { try? Name(labels: name.labels + $0.labels) }
        return startsAsItIs(text) ? [name] + searched : searched + [name]
    }
}

extension Name {
    /// As people write it, without the final dot; the root stays `.`.
    var bareText: String { labelCount == 0 ? "." : String(description.dropLast()) }
}
