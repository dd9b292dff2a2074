package import ClusterModel

/// Something in the manifests or the registry file that an operator should know, with its place and the remedy.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// `error`: the object or file does not count as written; `warning`: it counts, but not as somebody may expect.
    package enum Severity: String, Hashable, Sendable { case error, warning, info }

    package var severity: Severity
    package var file: String
    /// Counted from 1; nil where the whole file or directory is meant.
    package var line: Int?
    /// Counted from 1, in Unicode scalars.
    package var column: Int?
    /// One sentence: what was found, what is done about it, and the remedy.
    package var message: String

    package init(
        _ severity: Severity, file: String, line: Int? = nil, column: Int? = nil, message: String
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: severity: message`, as compilers print it.
    package var description: String {
        let place = [file] + [line, column].compactMap { $0.map(String.init) }
        return place.joined(separator: ":") + ": \(severity.rawValue): \(message)"
    }
}

extension Finding {
    /// A finding of the embedded registry; `file` stands in where the object has no manifest.
    package init(_ finding: RegistryFinding, file: String) {
        self.init(
            finding.leavesServiceWithoutAddress ? .error : .warning, file: finding.source?.file ?? file,
            line: finding.source?.line,
            message: finding.message)
    }
}

extension RegistryFinding {
    fileprivate var leavesServiceWithoutAddress: Bool {
        switch reason {
        case .addressClaimedTwice, .addressRangeExhausted, .addressFamilyMissing: true
        default: false
        }
    }
}

extension Finding: Comparable {
    package static func < (left: Finding, right: Finding) -> Bool {
        let (leftPlace, rightPlace) = (left.line ?? 0, right.line ?? 0)
        return (left.file, leftPlace, left.column ?? 0, left.message)
            < (right.file, rightPlace, right.column ?? 0, right.message)
    }
}
