/// A copy of a zone that another server has.
package struct ZoneCopyStatus: Hashable, Sendable {
    /// Its name, as `example.org.` is.
    package var zone: String
    /// When a primary last said that it is the latest version, in seconds since 1970.
    package var goodSeconds: Double

    package init(zone: String, goodSeconds: Double) {
        self.zone = zone
        self.goodSeconds = goodSeconds
    }
}
