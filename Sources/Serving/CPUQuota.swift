import CLinux
import Glibc

/// How many cores the process may use: its affinity, bounded by the CPU quota of its control group.
package enum CPUQuota {
    package static var coreCount: Int {
        let cores = Int(clinux_cpu_count())
        guard let quota = controlGroupQuota else { return cores }
        return max(1, min(cores, Int(quota.rounded(.up))))
    }

    /// `cpu.max` of control groups v2 (`max 100000` or `150000 100000`), or the two files of v1.
    private static var controlGroupQuota: Double? {
        if let text = SmallFile.read("/sys/fs/cgroup/cpu.max") { return quota(text) }
        guard let quota = SmallFile.read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
            let period = SmallFile.read("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
        else { return nil }
        return Self.quota("\(quota) \(period)")
    }

    /// The quota as a number of cores; nil for none.
    static func quota(_ text: String) -> Double? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
        else {
            return nil
        }
        return quota / period
    }
}
