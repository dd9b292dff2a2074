/// Why a connection to the API server cannot even be tried.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence: the file and the entry, what was found, and the remedy.
    package var description: String

    package init(_ description: String) { self.description = description }
}
