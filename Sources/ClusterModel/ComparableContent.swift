/// A value that can be compared without the marks of where and when it was read.
protocol ComparableContent: Hashable, Sendable {
    /// Itself without `resourceVersion` and source place, which change where nothing else does.
    var content: Self { get }
}

func hasSameContent<Value: ComparableContent>(_ left: Value?, _ right: Value?) -> Bool {
    left == right || left?.content == right?.content
}

extension ObjectMetadata {
    fileprivate var withoutOrigin: ObjectMetadata {
        var metadata = self
        metadata.resourceVersion = ""
        metadata.source = nil
        return metadata
    }
}

extension Namespace: ComparableContent {
    var content: Namespace { Namespace(metadata: metadata.withoutOrigin) }
}

extension Pod: ComparableContent {
    var content: Pod {
        var pod = self
        pod.metadata = metadata.withoutOrigin
        return pod
    }
}

extension EndpointSlice: ComparableContent {
    var content: EndpointSlice {
        var slice = self
        slice.metadata = metadata.withoutOrigin
        return slice
    }
}

extension ServiceView: ComparableContent {
    var content: ServiceView {
        var view = ServiceView(service: service, slices: slices.map(\.content))
        view.service.metadata = service.metadata.withoutOrigin
        return view
    }
}

extension ServiceImportView: ComparableContent {
    var content: ServiceImportView {
        var view = ServiceImportView(serviceImport: serviceImport, slices: slices.map(\.content))
        view.serviceImport.metadata = serviceImport.metadata.withoutOrigin
        return view
    }
}
