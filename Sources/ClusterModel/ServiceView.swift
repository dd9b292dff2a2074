/// A Service with the endpoint slices that carry its label: what the zone is compiled from.
package struct ServiceView: Hashable, Sendable {
    package var service: Service
    /// In name order, so that equal views compile to equal octets.
    package var slices: [EndpointSlice]

    package init(service: Service, slices: [EndpointSlice]) {
        self.service = service
        self.slices = slices
    }
}

/// A ServiceImport with the endpoint slices that carry its label.
package struct ServiceImportView: Hashable, Sendable {
    package var serviceImport: ServiceImport
    /// In name order.
    package var slices: [EndpointSlice]

    package init(serviceImport: ServiceImport, slices: [EndpointSlice]) {
        self.serviceImport = serviceImport
        self.slices = slices
    }
}

/// A view in its octets: cheap to remember and to compare.
struct PackedView {
    /// The Service or ServiceImport; nil where only slices name it.
    var object: PackedObject?
    var slices: [PackedObject]

    /// Whether there is no difference to report; what is not there is the same whatever its slices.
    func hasSameContent(as other: PackedView) -> Bool {
        guard let object, let otherObject = other.object else { return self.object == nil && other.object == nil }
        return object.hasSameContent(as: otherObject) && slices.count == other.slices.count
            && zip(slices, other.slices).allSatisfy { $0.hasSameContent(as: $1) }
    }
}

extension ServiceView {
    init?(_ packed: PackedView) {
        guard let service = packed.object.flatMap({ Service($0.object) }) else { return nil }
        self.init(service: service, slices: packed.slices.compactMap { EndpointSlice($0.object) })
    }
}

extension ServiceImportView {
    init?(_ packed: PackedView) {
        guard let serviceImport = packed.object.flatMap({ ServiceImport($0.object) }) else { return nil }
        self.init(serviceImport: serviceImport, slices: packed.slices.compactMap { EndpointSlice($0.object) })
    }
}
