import ClusterModel

extension ServiceView {
    /// The import as a Service of the cluster set: with its addresses, or headless with the endpoints of all clusters.
    init(_ view: ServiceImportView) {
        let imported = view.serviceImport
        self.init(
            service: Service(
                metadata: imported.metadata, clusterIPs: imported.ips, isHeadless: imported.kind == .headless,
                ports: imported.ports),
            slices: view.slices)
    }
}
