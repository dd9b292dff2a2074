/// How old an object is, as kubectl shows it (apimachinery, pkg/util/duration, `HumanDuration`).
enum HumanDuration {
    /// `<unknown>` without a creation time; seconds since 1970 otherwise.
    static func age(since creation: Int64?, now: Int64) -> String {
        guard let creation else { return "<unknown>" }
        let (seconds, overflow) = now.subtractingReportingOverflow(creation)
        return overflow ? "<invalid>" : text(seconds: seconds)
    }

    /// Two units at most, and fewer the longer it is; a clock one second behind counts as now.
    static func text(seconds: Int64) -> String {
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
        switch true {
        case seconds < -1: return "<invalid>"
        case seconds < 0: return "0s"
        case seconds < 120: return "\(seconds)s"
        case minutes < 10: return pair(minutes, "m", seconds % 60, "s")
        case minutes < 180: return "\(minutes)m"
        case hours < 8: return pair(hours, "h", minutes % 60, "m")
        case hours < 48: return "\(hours)h"
        case days < 8: return pair(days, "d", hours % 24, "h")
        case days < 365 * 2: return "\(days)d"
        case days < 365 * 8: return pair(days / 365, "y", days % 365, "d")
        default: return "\(days / 365)y"
        }
    }

    private static func pair(_ first: Int64, _ firstUnit: String, _ second: Int64, _ secondUnit: String) -> String {
        second == 0 ? "\(first)\(firstUnit)" : "\(first)\(firstUnit)\(second)\(secondUnit)"
    }
}
