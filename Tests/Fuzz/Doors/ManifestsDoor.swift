import Answering
import ClusterFeed
import ClusterModel
import ClusterZone
import DNSTesting

/// A manifest in YAML or JSON; the objects it gives are compiled into a zone.
struct ManifestsDoor: Door {
    static let name = "manifests"

    private let registry: RegistryDefinition

    init() throws { registry = try FuzzRegistry.definition() }

    func take(_ input: RawSpan) throws(Broken) {
        let octets = input.array
        let manifest = ManifestDecoder.decode(octets, file: "a.yaml")
        let lineCount = octets.count { $0 == 0x0A || $0 == 0x0D } + 2
        for finding in manifest.findings {
            try require(finding.line.map { $0 > 0 && $0 <= lineCount } ?? true, "nowhere: \(finding)")
            try require(!finding.description.contains("\n"), "more than a line: \(finding)")
        }
        try require(!manifest.isRefused || manifest.entries.isEmpty, "a refused text has objects")
        if !manifest.objects.isEmpty { _ = FuzzRegistry.zone(registry, manifest.objects) }
    }
}
