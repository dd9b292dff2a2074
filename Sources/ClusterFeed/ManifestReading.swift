import ClusterModel
import Yams

/// The reading of one manifest under way: documents go in, entries and findings gather.
struct ManifestReading {
    private(set) var manifest = DecodedManifest()
    private let file: String

    init(file: String) { self.file = file }

    /// A document is an object or a list of objects; anything else is reported.
    mutating func readDocument(_ document: ManifestValue) {
        do throws(FieldError) {
            guard case .some = document.node.mapping, let kind = try document.string("kind"), !kind.isEmpty else {
                throw FieldError(
                    document, "this document is no Kubernetes object; give it apiVersion and kind, or move it")
            }
            let version = try document.string("apiVersion") ?? ""
            if kind == "List" || (kind.hasSuffix("List") && isList(document)) {
                try readList(document, kind: kind, version: version)
            } else {
                read(document, kind: kind, version: version)
            }
        } catch {
            report(error, error.message)
        }
    }

    /// Items of a typed list (`ServiceList`) need no kind of their own.
    private mutating func readList(_ list: ManifestValue, kind: String, version: String) throws(FieldError) {
        for item in try list.elements("items") {
            do throws(FieldError) {
                let itemKind = try item.string("kind") ?? String(kind.dropLast("List".count))
                if itemKind.isEmpty { throw FieldError(item, "has no kind; add kind and apiVersion") }
                read(item, kind: itemKind, version: try item.string("apiVersion") ?? (kind == "List" ? "" : version))
            } catch {
                report(error, "an item is skipped: \(error.message)")
            }
        }
    }

    private func isList(_ document: ManifestValue) -> Bool { (try? document.member("items")) != nil }

    private mutating func read(_ object: ManifestValue, kind: String, version: String) {
        guard let type = ManifestType(kind: kind) else { return }
        let reader = MetadataReader(file: file, line: object.node.mark?.line ?? 1)
        let identity = Self.identity(of: object, type)
        do throws(FieldError) {
            guard try type.isServed(in: version, object) else { return }
            let objects = try type.read(object, reader)
            manifest.entries.append(ManifestEntry(identity: identity, objects: objects))
            manifest.findings += objects.flatMap(ObjectAdvice.findings)
        } catch {
            manifest.entries.append(ManifestEntry(identity: identity, objects: nil))
            report(error, "\(identity?.description ?? kind) is skipped: \(error.message)")
        }
    }

    private mutating func report(_ error: FieldError, _ message: String) {
        manifest.findings.append(
            Finding(.error, file: file, line: error.line, column: error.column, message: message))
    }

    private static func identity(of object: ManifestValue, _ type: ManifestType) -> ManifestIdentity? {
        guard let metadata = try? object.member("metadata"), let name = try? metadata.member("name")?.text() else {
            return nil
        }
        let namespace = (try? metadata.member("namespace")?.text()) ?? MetadataReader.defaultNamespace
        return ManifestIdentity(
            kind: type.rawValue, namespace: type == .namespace ? "" : String(namespace.prefix(253)),
            name: String(name.prefix(253)))
    }
}
