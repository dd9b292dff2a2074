import CLinux
import Glibc

/// Keeps the node's rules in the packet filter for as long as this process, or another, holds them.
///
/// Rules are given to `nft` of the package nftables, which checks them and puts them in force in one transaction.
package struct PacketFilter {
    private static let tool = "nft"
    private static let timeoutMilliseconds: Int32 = 10_000
    private static let complaintOctetsMax = 512

    private var hold: SharedHold?
    private var rules: NodeRules?
    /// Directories where the tool is looked for.
    private let path: [String]

    /// `path` is the text of a variable like `PATH`, which may lack the directories of system programs.
    package init(path: String, systemDirectories: [String] = ["/usr/sbin", "/sbin", "/usr/bin"]) {
        self.path = path.split(separator: ":").map(String.init) + systemDirectories
    }

    package var isApplied: Bool { hold != nil }

    /// Puts the rules in force, in place of those before.
    package mutating func apply(_ rules: NodeRules) throws(NodeNetworkError) {
        guard rules != self.rules else { return }
        try NetworkLock.hold { () throws(NodeNetworkError) in
            try run("-f -", input: rules.text, "put the rules for DNS into the packet filter")
            self.rules = rules
            if hold == nil { hold = try SharedHold("rules") }
        }
    }

    /// Puts the rules in force again where somebody has deleted them; true when it had to.
    package mutating func restore() throws(NodeNetworkError) -> Bool {
        guard let rules else { return false }
        do {
            try run("list table \(NodeRules.table)", "find the rules for DNS")
            return false
        } catch {
            guard case .toolFailed = error.reason else { throw error }
        }
        self.rules = nil
        do { try apply(rules) } catch {
            self.rules = rules
            throw error
        }
        return true
    }

    /// Gives up the rules.
    ///
    /// They go unless another process holds them, or `leavesThem`. True where they went.
    package mutating func release(leavesThem: Bool = false) throws(NodeNetworkError) -> Bool {
        guard let hold else { return false }
        defer { (self.hold, rules) = (nil, nil) }
        return try NetworkLock.hold { () throws(NodeNetworkError) in
            guard hold.isLast, !leavesThem else { return false }
            try remove()
            return true
        }
    }

    func remove() throws(NodeNetworkError) {
        try run("-f -", input: NodeRules.deletion, "take the rules for DNS out of the packet filter")
    }

    private func run(_ arguments: String, input: String = "", _ task: String) throws(NodeNetworkError) {
        let candidates = path.map { $0 + "/" + Self.tool }
        guard let tool = candidates.first(where: { unsafe access($0, X_OK) == 0 }) else {
            throw NodeNetworkError(
                .toolMissing, task: task, remedy: "install nftables, or start with -setupnftables=false")
        }
        var complaint = [CChar](repeating: 0, count: Self.complaintOctetsMax)
        let octets = Array(input.utf8)
        // SAFETY: the strings end with NUL and outlive the call, and the lengths are those of the arrays.
        let status = unsafe clinux_run_tool(
            tool, arguments, octets, octets.count, Self.timeoutMilliseconds, &complaint, complaint.count)
        guard status != 0 else { return }
        let reason =
            status < 0
            ? NodeNetworkError.Reason.refused(-status)
            : .toolFailed(status: status, complaint: Self.line(complaint))
        throw NodeNetworkError(reason, task: task, remedy: "correct it, or start with -setupnftables=false")
    }

    /// The first line that says something.
    private static func line(_ characters: [CChar]) -> String {
        let octets = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let lines = String(decoding: octets, as: UTF8.self).split(whereSeparator: \.isNewline)
        return String(lines.first ?? "").filter { character in
            !character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        }
    }
}
