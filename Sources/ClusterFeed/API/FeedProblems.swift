import ClusterModel
import KubernetesProtocol

/// What is wrong with an API feed now, and which of it is worth a line in the log.
struct FeedProblems {
    /// What was wrong with the registry file when it was opened; that lasts.
    private let opening: [Finding]
    /// What is wrong with writing it.
    var file: Finding?
    private var ofResources: [ObjectKind: Finding] = [:]
    private var limiter = ReportLimiter()

    init(opening: [Finding]) { self.opening = opening }

    /// Everything wrong now.
    var findings: [Finding] { (opening + [file].compactMap(\.self) + ofResources.values).sorted() }

    /// Takes a report; returns what is wrong with its resource from now on.
    mutating func note(_ report: ReflectorReport, server: String) -> String? {
        let kind = report.resource.kind
        if report.cause == .recovered { ofResources[kind] = nil }
        if report.cause.isLasting {
            ofResources[kind] = Finding(report.cause.severity, file: server, message: report.message)
        }
        return ofResources[kind]?.message
    }

    /// The line to log for a report; nil where a line of its kind was logged less than a minute ago.
    mutating func line(for report: ReflectorReport, server: String) -> Finding? {
        limiter.line(for: report, at: .now).map { Finding(report.cause.severity, file: server, message: $0) }
    }
}

extension ReflectorReport.Cause {
    /// How bad it is for the answers.
    var severity: Finding.Severity {
        switch self {
        case .recovered, .expired, .absent: .info
        case .unreachable, .throttled, .malformed, .silent, .refused, .object: .warning
        case .unauthorized, .forbidden, .emptied: .error
        }
    }

    /// Whether the registry may be out of date until the reflector says that it has recovered.
    var isLasting: Bool {
        switch self {
        case .recovered, .expired, .object, .absent: false
        case .unreachable, .throttled, .malformed, .silent, .refused, .unauthorized, .forbidden, .emptied: true
        }
    }
}

extension Finding {
    /// A restart answers before it has heard of the server.
    static func servingFromFile(_ path: String, age seconds: Int64, _ server: String) -> Finding {
        Finding(
            .info, file: path,
            message: "the answers come from this file, which is \(seconds) s old, until \(server) has told what is new")
    }

    static func inSync(_ server: String, _ counts: String, after duration: Duration) -> Finding {
        let milliseconds = Int64(duration / .milliseconds(1))
        return Finding(.info, file: server, message: "in sync after \(milliseconds) ms: \(counts)")
    }
}
