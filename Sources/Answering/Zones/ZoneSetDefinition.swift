package import DNSWire

/// The zones of one `file`, `auto` or `secondary` directive: where they come from; equal directives share them.
package struct ZoneSetDefinition: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// A master file, for every zone of the directive.
        case file(String)
        /// A directory of master files.
        case directory(ZoneDirectory)
        /// Other servers.
        case secondary(SecondaryDefinition)
    }

    package var source: Source
    /// The zones that the directive names; what `auto` finds is not among them.
    package var zones: [Name]
    /// How often the source is looked at; zero: never again.
    package var reloadInterval: Duration

    package init(source: Source, zones: [Name], reloadInterval: Duration) {
        self.source = source
        self.zones = zones
        self.reloadInterval = reloadInterval
    }
}
