/// Which objects the zone is made from: the `namespaces`, `namespace_labels` and `labels` options.
///
/// A pure function of the objects, so forward names, reverse names and transfers are filtered alike. A namespace
/// without a `Namespace` object is missing: nothing in it passes (cluster zone rule 13).
/// `labels` selects Services, EndpointSlices and Pods one by one, as CoreDNS does in its list calls.
package struct RegistryFilter: Hashable, Sendable {
    package enum NamespaceRule: Hashable, Sendable {
        case all
        case named(Set<String>)
        case labelled(LabelSelector)
    }

    package var namespaces: NamespaceRule
    package var objects: LabelSelector

    package init(namespaces: NamespaceRule = .all, objects: LabelSelector = LabelSelector()) {
        self.namespaces = namespaces
        self.objects = objects
    }

    /// Whether names below the namespace may be answered; `object` is nil where there is no `Namespace` object.
    package func exposes(namespace: String, _ object: Namespace?) -> Bool {
        guard let object else { return false }
        return switch namespaces {
        case .all: true
        case .named(let names): names.contains(namespace)
        case .labelled(let selector): selector.matches(object.metadata.labels)
        }
    }

    /// The part of a view that passes; nil where its Service does not.
    package func filtered(_ view: ServiceView, namespace: Namespace?) -> ServiceView? {
        guard exposes(namespace: view.service.metadata.namespace, namespace),
            objects.matches(view.service.metadata.labels)
        else { return nil }
        if objects.selectsEverything { return view }
        return ServiceView(
            service: view.service, slices: view.slices.filter { objects.matches($0.metadata.labels) })
    }

    /// The same of a ServiceImport's view.
    package func filtered(_ view: ServiceImportView, namespace: Namespace?) -> ServiceImportView? {
        guard exposes(namespace: view.serviceImport.metadata.namespace, namespace),
            objects.matches(view.serviceImport.metadata.labels)
        else { return nil }
        if objects.selectsEverything { return view }
        return ServiceImportView(
            serviceImport: view.serviceImport, slices: view.slices.filter { objects.matches($0.metadata.labels) })
    }

    package func includes(_ pod: Pod, namespace: Namespace?) -> Bool {
        exposes(namespace: pod.metadata.namespace, namespace) && objects.matches(pod.metadata.labels)
    }
}
