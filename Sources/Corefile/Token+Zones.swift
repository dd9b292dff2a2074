/// Zone names among a directive's arguments.
extension Token {
    /// Reads one zone name or prefix and returns the zones it stands for, in lower case with the final dot.
    package func zones() throws(CorefileError) -> [String] { try ZoneText.zones(text, self) }

    /// Reads one zone; a prefix that stands for several is refused.
    package func zone() throws(CorefileError) -> String {
        let zones = try zones()
        guard zones.count == 1 else {
            throw refused("stands for \(zones.count) reverse zones; expected one: use a length at an octet or nibble")
        }
        return zones[0]
    }
}

extension Collection<Token> {
    /// Reads every word as a zone or prefix; `default`, mostly the server block's zones, when there are none.
    ///
    /// Each zone is returned once, where it stood first.
    package func zones(default: [String]) throws(CorefileError) -> [String] {
        guard !isEmpty else { return `default` }
        var seen: Set<String> = []
        var zones: [String] = []
        for word in self { zones += try word.zones().filter { seen.insert($0).inserted } }
        return zones
    }
}
