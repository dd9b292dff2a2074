import Glibc

/// Why the network of this node could not be set up, as a sentence with the remedy.
package struct NodeNetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// The kernel refused: an error number of the system.
        case refused(Int32)
        /// More processes hold the same thing than there are places for.
        case crowded
        /// A program of the system is not installed.
        case toolMissing
        /// A program of the system ended with a status other than 0, and said why.
        case toolFailed(status: Int32, complaint: String)
    }

    package var reason: Reason
    /// What was to be done, in the infinitive: `add 169.254.20.10 to lo`.
    package var task: String
    /// What to do about it.
    package var remedy: String

    package init(_ reason: Reason, task: String, remedy: String) {
        self.reason = reason
        self.task = task
        self.remedy = remedy
    }

    package var description: String { "cannot \(task): \(cause); \(remedy)" }

    private var cause: String {
        switch reason {
        case .refused(let number): Self.text(of: number)
        case .crowded: "\(SharedHold.holderCountMax) processes hold it already"
        case .toolMissing: "the program is not installed"
        case .toolFailed(let status, let complaint):
            complaint.isEmpty ? "the program ended with status \(status)" : complaint
        }
    }

    /// `operation not permitted`.
    private static func text(of number: Int32) -> String {
        // SAFETY: strerror returns a C string that is copied before any other call can change it.
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
