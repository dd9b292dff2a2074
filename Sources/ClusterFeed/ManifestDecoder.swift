import ClusterModel
import Yams

/// Reads one manifest: YAML or JSON, a stream of documents, lists of objects.
///
/// An object that does not hold what the API server would accept is skipped and named; the others go on. Kinds
/// that DNS and the environment do not need are passed over in silence.
package enum ManifestDecoder {
    /// The deepest nesting of a document.
    static let depthLimit = 100

    /// Never throws: what is wrong is in the findings, which name `file`.
    package static func decode(_ octets: [UInt8], file: String) -> DecodedManifest {
        switch ManifestText.check(octets, file: file) {
        case .failure(let refusal): DecodedManifest(refused: refusal.finding)
        case .success(let text): DeepStack.run { decode(checked: text, file: file) }
        }
    }

    package static func decode(_ text: String, file: String) -> DecodedManifest {
        decode(Array(text.utf8), file: file)
    }

    private static func decode(checked text: String, file: String) -> DecodedManifest {
        var reading = ManifestReading(file: file)
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            while let root = try parser.nextRoot() {
                let document = ManifestValue(node: root, path: "")
                if let deep = document.firstBelow(depth: depthLimit) {
                    return DecodedManifest(refused: tooDeep(deep.mark, file))
                }
                if !document.isNull { reading.readDocument(document) }
            }
        } catch {
            return DecodedManifest(refused: YAMLProblem.finding(for: error, in: text, file: file))
        }
        return reading.manifest
    }

    private static func tooDeep(_ mark: Mark?, _ file: String) -> Finding {
        Finding(
            .error, file: file, line: mark?.line, column: mark?.column,
            message: "the document is nested deeper than \(depthLimit) levels; no Kubernetes object is: remove them")
    }
}

extension ManifestValue {
    /// The first node more than `depth` levels below this one.
    fileprivate func firstBelow(depth: Int) -> Node? { Self.firstBelow(depth, node) }

    private static func firstBelow(_ depth: Int, _ node: Node) -> Node? {
        switch node {
        case .scalar, .alias: return nil
        case .mapping(let mapping):
            if depth == 0 { return node }
            for (key, value) in mapping {
                if let found = firstBelow(depth - 1, key) ?? firstBelow(depth - 1, value) { return found }
            }
        case .sequence(let sequence):
            if depth == 0 { return node }
            for element in sequence { if let found = firstBelow(depth - 1, element) { return found } }
        }
        return nil
    }
}
