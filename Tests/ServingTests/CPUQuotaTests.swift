import Testing

@testable import Serving

/// Control groups as cgroups(7) and the kernel's cgroup-v2 document write them.
struct CPUQuotaTests {
    struct Row: Sendable {
        var label: String
        var table: String
        var want: [String]
    }

    static let rows = [
        Row(label: "v2 in a namespace of its own", table: "0::/\n", want: ["/sys/fs/cgroup"]),
        Row(
            label: "v2, a systemd service", table: "0::/system.slice/dns.service\n",
            want: ["/sys/fs/cgroup/system.slice/dns.service", "/sys/fs/cgroup/system.slice", "/sys/fs/cgroup"]),
        Row(
            label: "v1, two controllers in one hierarchy", table: "5:memory:/a\n4:cpu,cpuacct:/pods/b\n",
            want: ["/sys/fs/cgroup/cpu/pods/b", "/sys/fs/cgroup/cpu/pods", "/sys/fs/cgroup/cpu"]),
        Row(
            label: "v1, a colon in a name", table: "1:cpu:/a:b", want: ["/sys/fs/cgroup/cpu/a:b", "/sys/fs/cgroup/cpu"]),
        Row(label: "cpuset and cpuacct have no quota", table: "3:cpuset:/a\n2:cpuacct:/a\n", want: []),
        Row(label: "a named hierarchy is not v2", table: "1:name=systemd:/a\n", want: []),
        Row(label: "outside the namespace", table: "0::/../other\n", want: ["/sys/fs/cgroup"]),
        Row(label: "no table", table: "nonsense\n", want: []),
    ]

    @Test(arguments: rows) func directories(_ row: Row) {
        #expect(CPUQuota.directories(row.table) == row.want, "\(row.label)")
    }

    @Test(arguments: [
        ("150000 100000\n", 1.5), ("max 100000\n", nil), ("-1\n 100000\n", nil), ("50000\n 100000\n", 0.5), ("", nil),
        ("100000 0", nil),
    ]) func quota(text: String, want: Double?) {
        #expect(CPUQuota.quota(text) == want)
    }
}
