package import DNSWire
package import DNSZone

/// A master file (RFC 1035 §5) on the way to a zone.
///
/// Entries are taken apart here, since libldns does not know `$INCLUDE` and takes seconds for a million records; libldns
/// reads the RDATA of all types but the most frequent. `ZoneBuilder` judges what comes out of it.
package enum ZoneFile {
    /// Octets of a file with all it includes.
    package static let octetCountMax = 1 << 30
    /// Findings that are kept; the file is read on for no more.
    package static let findingCountMax = 100
    /// Files that include each other.
    static let includeDepthMax = 8
    static let includeCountMax = 1000

    /// Something wrong in a file, as one sentence with its place.
    package struct Finding: Error, Hashable, Sendable, CustomStringConvertible {
        package var file: String
        /// 0 where it is about the file as a whole.
        package var line: Int
        package var message: String

        package init(file: String, line: Int, message: String) {
            (self.file, self.line, self.message) = (file, line, message)
        }

        package var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
    }

    /// What became of a file.
    package struct Outcome: Sendable {
        /// nil where there are errors.
        package var zone: Zone?
        package var errors: [Finding] = []
        package var warnings: [Finding] = []
        /// The paths of all files that were read, this one first.
        package var files: [String] = []
        /// The same for the same octets, as long as the process lives.
        package var digest = 0
    }

    /// Reads the zone of `apex`, below which relative names lie, until a `$ORIGIN` says otherwise.
    package static func read(_ path: String, apex: Name) -> Outcome {
        var reader = MasterReader(path: path, apex: apex)
        return reader.read()
    }

    /// The same from octets in memory; `path` is what findings call them, and `$INCLUDE` is refused.
    package static func read(text: [UInt8], named path: String, apex: Name) -> Outcome {
        var reader = MasterReader(path: path, apex: apex)
        return reader.read(text: text)
    }
}

/// What is wrong with one entry, in a few words.
struct EntryFault: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
