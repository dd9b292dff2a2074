import ClusterModel
import KubernetesProtocol

/// Lets one line a minute through for each cause, and counts those it holds back.
///
/// Objects that are skipped are each named, up to ten a minute. That all is well again is said wherever trouble was.
struct ReportLimiter {
    static let interval = Duration.seconds(60)
    /// Lines about single objects of one kind within the interval.
    static let objectLineMax = 10

    private struct Cause: Hashable {
        var cause: ReflectorReport.Cause
        /// nil for what concerns the server as a whole: every resource would say the same.
        var kind: ObjectKind?
        /// What is said of one object; nil for other causes.
        var object: String?
    }

    private struct Line {
        var time: ContinuousClock.Instant
        var heldBack = 0
    }

    private var lines: [Cause: Line] = [:]
    /// What was said to be wrong, and is not yet said to be well; nil for the server as a whole.
    private var troubled: Set<ObjectKind?> = []

    /// The sentence to log now; nil where one of its kind was logged less than a minute ago.
    mutating func line(for report: ReflectorReport, at now: ContinuousClock.Instant) -> String? {
        let sentence = "\(report.resource.name): \(report.message)"
        switch report.cause {
        case .recovered: return isEnd(of: report.resource.kind) ? sentence : nil
        case .object: return objectLine(for: report, sentence, at: now)
        default: return line(sentence, for: report, at: now)
        }
    }

    /// Whether what is well now was said to be wrong.
    private mutating func isEnd(of kind: ObjectKind) -> Bool {
        let wasTroubled = troubled.remove(kind) != nil
        return troubled.remove(nil) != nil || wasTroubled
    }

    private mutating func line(
        _ sentence: String, for report: ReflectorReport, at now: ContinuousClock.Instant
    ) -> String? {
        let kind = report.cause.concernsServer ? nil : report.resource.kind
        guard let heldBack = pass(Cause(cause: report.cause, kind: kind), at: now) else { return nil }
        if report.cause.isLasting { troubled.insert(kind) }
        return heldBack == 0 ? sentence : "\(sentence) (and \(heldBack) more of this kind before)"
    }

    private mutating func objectLine(
        for report: ReflectorReport, _ sentence: String, at now: ContinuousClock.Instant
    ) -> String? {
        let kind = report.resource.kind
        lines = lines.filter { $0.key.object == nil || now - $0.value.time < Self.interval }
        let cause = Cause(cause: .object, kind: kind, object: report.message)
        if lines[cause] == nil,
            lines.count(where: { $0.key.kind == kind && $0.key.object != nil }) >= Self.objectLineMax
        {
            return line("\(sentence) More are skipped than are named here.", for: report, at: now)
        }
        return pass(cause, at: now) == nil ? nil : sentence
    }

    /// How many lines were held back since the last one; nil where that was less than a minute ago.
    private mutating func pass(_ cause: Cause, at now: ContinuousClock.Instant) -> Int? {
        if let last = lines[cause], now - last.time < Self.interval {
            lines[cause]?.heldBack += 1
            return nil
        }
        let heldBack = lines[cause]?.heldBack ?? 0
        lines[cause] = Line(time: now)
        return heldBack
    }
}

extension ReflectorReport.Cause {
    fileprivate var concernsServer: Bool {
        switch self {
        case .unreachable, .unauthorized, .throttled: true
        case .refused, .forbidden, .expired, .malformed, .silent, .object, .emptied, .absent, .recovered: false
        }
    }
}
