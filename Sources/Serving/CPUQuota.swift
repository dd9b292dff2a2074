import CLinux
import Glibc

/// How many cores the process may use: its affinity, bounded by the CPU quotas of its control groups.
package enum CPUQuota {
    private static let root = "/sys/fs/cgroup"
    /// The root groups of both versions, for where /proc does not tell.
    private static let rootTable = "0::/\n1:cpu:/"

    package static var coreCount: Int {
        let cores = Int(clinux_cpu_count())
        let table = SmallFile.read("/proc/self/cgroup") ?? rootTable
        guard let quota = directories(table).compactMap(quota(of:)).min() else { return cores }
        return max(1, Int(min(Double(cores), quota.rounded(.up))))
    }

    /// The groups of /proc/self/cgroup that may have a CPU quota, each followed by its parents up to the root.
    ///
    /// Lines are `0::/path` (v2) and `4:cpu,cpuacct:/path` (v1); a group outside the namespace, `/../path`, has only the
    /// root (cgroups(7), cgroup_namespaces(7)).
    static func directories(_ table: String) -> [String] {
        table.split(separator: "\n").flatMap { line -> [String] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let isCPU = fields[1].split(separator: ",").contains("cpu")
            guard isCPU || (fields[0] == "0" && fields[1].isEmpty) else { return [] }
            return ancestry(of: fields[2], below: isCPU ? root + "/cpu" : root)
        }
    }

    private static func ancestry(of path: Substring, below root: String) -> [String] {
        var names = path.split(separator: "/")
        if names.contains("..") { names = [] }
        return (0...names.count).reversed().map { ([root[...]] + names.prefix($0)).joined(separator: "/") }
    }

    /// The quota of one group: `cpu.max` in v2, two files in v1.
    private static func quota(of directory: String) -> Double? {
        if let text = SmallFile.read(directory + "/cpu.max") { return quota(text) }
        guard let quota = SmallFile.read(directory + "/cpu.cfs_quota_us"),
            let period = SmallFile.read(directory + "/cpu.cfs_period_us")
        else { return nil }
        return Self.quota("\(quota) \(period)")
    }

    /// Quota and period in microseconds (`150000 100000`, `max 100000`, `-1 100000`) as a number of cores; nil for none.
    static func quota(_ text: String) -> Double? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
        else {
            return nil
        }
        return quota / period
    }
}
