/// The bounds on what one Corefile, with all it imports, may ask of the reader.
package enum CorefileLimits {
    /// Octets of one file.
    package static let fileOctetsMax = 1 << 20
    /// Octets of all files read, each counted as often as it is imported.
    package static let totalOctetsMax = 16 << 20
    /// Words and braces after every import has been put in place.
    package static let tokensMax = 100_000
    /// Braces open at once, the server block's own included.
    package static let nestingMax = 8
    /// Files and snippets being imported at once, the first file not counted.
    package static let importDepthMax = 16
    /// Keys of all server blocks after CIDR keys have been expanded.
    package static let keysMax = 10_000
}
