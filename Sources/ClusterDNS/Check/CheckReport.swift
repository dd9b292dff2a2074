import Answering
import ClusterFeed
import ClusterZone
import Corefile
import ZoneFiles

/// Everything that is wrong with a configuration and its registries, each finding once, in the order of their places.
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
    /// Checks the configuration and all its registries; the substitute alone where no configuration is named.
    static func make(
        conf: String?, _ substitute: RegistryChoice.Substitute?
    ) async throws(CommandFailure) -> CheckReport {
        let file = conf ?? (substitute == nil ? ConfigurationLoader.defaultFile() : nil)
        guard let file else {
            let choice = try RegistryChoice.find(conf: nil, substitute)
            return CheckReport(findings: await findings(of: choice), subject: choice.definition.source.place)
        }
        let configuration: ServerConfiguration
        do throws(CorefileError) { configuration = try ConfigurationLoader(file: file).load() } catch {
            return CheckReport(findings: [Finding(.error, error)], subject: file)
        }
        // Other zones over the same objects have nothing of their own to say.
        let choices = configuration.registries.indices.filter {
            configuration.registries[$0].options.layout == .cluster
        }.compactMap {
            RegistryChoice(configuration, at: $0, $0 == 0 ? substitute : nil)
        }
        var all = configuration.warnings.map { Finding(.warning, $0) } + missingHosts(configuration)
        all += ServeTLS.findings(configuration) + zoneFiles(configuration)
        for choice in choices { all += await findings(of: choice) }
        return CheckReport(findings: all, subject: file)
    }

    /// What the manifests say of themselves, or the API server of our rights, and what the rules say of the objects.
    private static func findings(of choice: RegistryChoice) async -> [Finding] {
        do throws(CommandFailure) {
            let registry = try await LoadedRegistry.load(choice, .check(choice.definition))
            return registry.findings + RegistryLint(registry).findings
        } catch {
            return [Finding(.error, file: choice.definition.source.place, message: error.description)]
        }
    }

    /// Everything that is wrong with the zones of files.
    private static func zoneFiles(_ configuration: ServerConfiguration) -> [Finding] {
        configuration.zoneSets.filter(\.isOfFiles).flatMap { definition in
            var source = ZoneFileSource(definition)
            _ = source.look()
            let (errors, warnings) = source.findings
            return errors.map { Finding(.error, $0) } + warnings.map { Finding(.warning, $0) }
        }
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
    init(_ severity: Severity, _ finding: ZoneFile.Finding) {
        self.init(
            severity, file: finding.file, line: finding.line > 0 ? finding.line : nil, message: finding.message)
    }

    init(_ severity: Severity, _ error: CorefileError) {
        self.init(
            severity, file: error.position.file, line: error.position.line, column: error.position.column,
            message: error.message)
    }
}
