import ClusterModel

/// Reads a `ServiceImport` (multicluster.x-k8s.io/v1alpha1); where it is headless, its addresses say nothing.
struct ServiceImportReader {
    private static let kinds: [ServiceImport.Kind] = [.clusterSetIP, .headless]

    var metadata: MetadataReader

    func serviceImport(_ object: ManifestValue) throws(FieldError) -> ServiceImport {
        let own = try metadata.metadata(of: object, name: .serviceName)
        guard let spec = try object.member("spec") else { return ServiceImport(metadata: own, kind: .clusterSetIP) }
        let kind = try spec.member("type")?.choice(of: Self.kinds) ?? .clusterSetIP
        var imported = ServiceImport(metadata: own, kind: kind, ports: try ServicePortReader.ports(of: spec))
        for value in try spec.elements("ips") where kind == .clusterSetIP { imported.ips.append(try value.address()) }
        return imported
    }
}
