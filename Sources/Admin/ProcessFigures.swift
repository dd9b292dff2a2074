import FoundationEssentials
import Glibc

/// What the kernel tells of this process (proc(5)); nil where /proc does not say.
struct ProcessFigures: Hashable, Sendable {
    var cpuSeconds: Double?
    var residentOctetCount: UInt64?
    var descriptorCount: UInt64?
    var threadCount: UInt64?

    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        // The second field is the program's name in parentheses and may hold anything; the third starts behind it.
        if let stat = contents(of: "/proc/self/stat"), let end = stat.lastIndex(of: ")") {
            let fields = stat[stat.index(after: end)...].split(separator: " ").map { UInt64($0) }
            if fields.count > 17, let user = fields[11], let system = fields[12] {
                figures.cpuSeconds = Double(user &+ system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
                figures.threadCount = fields[17]
            }
        }
        if let fields = contents(of: "/proc/self/statm")?.split(separator: " "), fields.count > 1 {
            figures.residentOctetCount = UInt64(fields[1]).map { $0 &* UInt64(max(1, getpagesize())) }
        }
        if let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            figures.descriptorCount = UInt64(entries.count)
        }
        return figures
    }

    private static func contents(of path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
