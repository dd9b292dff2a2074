import Answering
import ClusterFeed
import Corefile

/// Everything that is wrong with a configuration and its manifests, each finding once, in the order of their places.
struct CheckReport: Hashable {
    private(set) var findings: [Finding]
    /// What was read, for the summary.
    private let subject: String

    init(findings: [Finding], subject: String) {
        self.findings = Set(findings).sorted()
        self.subject = subject
    }

    var errorCount: Int { findings.count { $0.severity == .error } }
    var warningCount: Int { findings.count { $0.severity == .warning } }

    /// A line for each finding and one that sums up.
    var text: String { findings.map { "\($0)\n" }.joined() + summary + "\n" }

    private var summary: String {
        if findings.isEmpty { return "\(subject): nothing to report" }
        return "\(subject): \(Self.counted(errorCount, "error")), \(Self.counted(warningCount, "warning"))"
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    var document: StructuredValue {
        .record([
            "errors": .integer(errorCount), "warnings": .integer(warningCount),
            "findings": .array(
                findings.map { finding in
                    .record([
                        "severity": .string(finding.severity.rawValue), "file": .string(finding.file),
                        "line": finding.line.map { .integer($0) }, "column": finding.column.map { .integer($0) },
                        "message": .string(finding.message),
                    ])
                }),
        ])
    }
}

extension CheckReport {
    /// Checks the configuration and all its registries; `manifests` alone where no configuration is named.
    static func make(conf: String?, manifests: String?) throws(CommandFailure) -> CheckReport {
        let file = conf ?? (manifests == nil ? ConfigurationLoader.defaultFile() : nil)
        guard let file else {
            let choice = try RegistryChoice.find(conf: nil, manifests: manifests)
            return CheckReport(findings: findings(of: choice), subject: choice.definition.source.manifests)
        }
        let configuration: ServerConfiguration
        do throws(CorefileError) { configuration = try ConfigurationLoader(file: file).load() } catch {
            return CheckReport(findings: [Finding(.error, error)], subject: file)
        }
        let choices = configuration.registries.indices.compactMap {
            RegistryChoice(configuration, at: $0, manifests: $0 == 0 ? manifests : nil)
        }
        let ofFile = configuration.warnings.map { Finding(.warning, $0) } + missingHosts(configuration)
        return CheckReport(findings: ofFile + choices.flatMap(findings), subject: file)
    }

    /// What the manifests say of themselves, and what the rules say of them.
    private static func findings(of choice: RegistryChoice) -> [Finding] {
        let registry = LoadedRegistry(choice)
        return registry.findings + RegistryLint(registry).findings
    }

    private static func missingHosts(_ configuration: ServerConfiguration) -> [Finding] {
        configuration.hosts.compactMap { definition in
            guard let file = definition.file else { return nil }
            do throws(CorefileLoadFailure) { _ = try DiskCorefileLoader().contents(of: file, limit: 0) } catch {
                return Finding(
                    .error, file: file,
                    message:
                        "the hosts file cannot be read: \(error.reason); create it, or name another file in \"hosts\"")
            }
            return nil
        }
    }
}

extension Finding {
    init(_ severity: Severity, _ error: CorefileError) {
        self.init(
            severity, file: error.position.file, line: error.position.line, column: error.position.column,
            message: error.message)
    }
}
