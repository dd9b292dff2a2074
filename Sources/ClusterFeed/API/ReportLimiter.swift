import ClusterModel
import KubernetesProtocol

/// Lets one line a minute through for each cause, and counts those it holds back.
struct ReportLimiter {
    static let interval = Duration.seconds(60)

    private struct Cause: Hashable {
        var cause: ReflectorReport.Cause
        /// nil for what concerns the server as a whole: every resource would say the same.
        var kind: ObjectKind?
    }

    private struct Line {
        var time: ContinuousClock.Instant
        var heldBack = 0
    }

    private var lines: [Cause: Line] = [:]

    /// The sentence to log now; nil where one of its kind was logged less than a minute ago.
    mutating func line(for report: ReflectorReport, at now: ContinuousClock.Instant) -> String? {
        let kind = report.cause.concernsServer ? nil : report.resource.kind
        let cause = Cause(cause: report.cause, kind: kind)
        if let last = lines[cause], now - last.time < Self.interval {
            lines[cause]?.heldBack += 1
            return nil
        }
        let heldBack = lines[cause]?.heldBack ?? 0
        lines[cause] = Line(time: now)
        let sentence = "\(report.resource.name): \(report.message)"
        return heldBack == 0 ? sentence : "\(sentence) (and \(heldBack) more of this kind before)"
    }
}

extension ReflectorReport.Cause {
    fileprivate var concernsServer: Bool {
        switch self {
        case .unreachable, .unauthorized, .throttled, .recovered: true
        case .refused, .forbidden, .expired, .malformed, .silent, .object, .emptied: false
        }
    }
}
