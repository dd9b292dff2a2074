/// What Linux and shells allow of an environment.
enum EnvironmentLimits {
    /// One `NAME=value` with its final zero octet (execve(2): MAX_ARG_STRLEN, 32 pages of 4096 octets).
    static let stringOctets = 131_072
    /// All of it, with the arguments: a quarter of the usual 8 MiB stack (execve(2)).
    static let totalOctets = 2_097_152
    /// From half of the total on it is worth a word.
    static let largeOctets = totalOctets / 2

    static func findings(_ variables: [EnvironmentVariable], _ pod: Pod) -> [RegistryFinding] {
        var findings: [RegistryFinding] = []
        var total = 0
        for variable in variables {
            let octets = variable.name.utf8.count + variable.value.utf8.count + 2
            // Each string costs a pointer beside its octets.
            total += octets + 8
            if octets > stringOctets { findings.append(tooLarge(variable, octets, pod)) }
            if !isIdentifier(variable.name) { findings.append(unusual(variable, pod)) }
        }
        if total >= largeOctets { findings.append(large(total, pod)) }
        return findings
    }

    /// Letters, digits and `_`, no digit first: the names a POSIX shell can use.
    static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }

    private static func tooLarge(_ variable: EnvironmentVariable, _ octets: Int, _ pod: Pod) -> RegistryFinding {
        RegistryFinding(
            reason: .variableTooLarge, object: pod.key, source: pod.metadata.source,
            message: "\(variable.name) takes \(octets) octets and Linux allows \(stringOctets), so the container would "
                + "not start; mount the value as a file")
    }

    private static func large(_ total: Int, _ pod: Pod) -> RegistryFinding {
        let outcome = total > totalOctets ? "so the container would not start" : "which arguments share"
        return RegistryFinding(
            reason: .environmentTooLarge, object: pod.key, source: pod.metadata.source,
            message: "the environment of Pod \(pod.key) takes \(total) octets and Linux allows \(totalOctets), "
                + "\(outcome); set enableServiceLinks: false, or use fewer envFrom sources")
    }

    private static func unusual(_ variable: EnvironmentVariable, _ pod: Pod) -> RegistryFinding {
        RegistryFinding(
            reason: .variableNameUnusual, object: pod.key, source: pod.metadata.source,
            message: "\"\(variable.name)\" is set, but is no name a shell can use; rename the key to letters, digits "
                + "and _ if a shell needs it")
    }
}
