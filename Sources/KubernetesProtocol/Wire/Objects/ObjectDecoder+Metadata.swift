import ClusterModel
import SwiftProtobuf

extension ObjectDecoder {
    /// Where the endpoint controllers write when the change behind a slice was seen (k8s.io/endpointslice).
    static let triggerAnnotation = "endpoints.kubernetes.io/last-change-trigger-time"

    /// Reads who the object is into `decoded`, and its metadata as far as that is kept.
    func readMetadata(_ input: ObjectInput, _ decoded: inout DecodedObject) throws(FieldError) -> ObjectMetadata {
        let name = try input.message(WireNamedObject.self).metadata
        decoded.resourceVersion = name.resourceVersion
        if !name.name.isEmpty {
            decoded.key = ObjectKey(namespace: resource.isNamespaced ? name.namespace : "", name: name.name)
        }
        var metadata = ObjectMetadata(
            name: try checkedName(name.name), namespace: "", resourceVersion: name.resourceVersion)
        if resource.isNamespaced { metadata.namespace = try FieldRules.label(name.namespace, "metadata.namespace") }
        if needsLabels || keeping.contains(.details) {
            let full = try input.message(WireObject.self).metadata
            decoded.triggerTime = full.annotations[Self.triggerAnnotation].flatMap {
                Timestamp.nanoseconds(rfc3339: $0)
            }
            take(full, &metadata)
        }
        return metadata
    }

    /// Namespaces are selected by their labels, and slices belong to a Service by one.
    private var needsLabels: Bool {
        keeping.contains(.labels) || resource.kind == .namespace || resource.kind == .endpointSlice
    }

    private func take(_ full: WireObjectMeta, _ metadata: inout ObjectMetadata) {
        if keeping.contains(.labels) || resource.kind == .namespace {
            metadata.labels = full.labels
        } else {
            var owners = [EndpointSlice.serviceNameLabel, ServiceImport.serviceNameLabel]
            if keeping.contains(.sourceClusters) { owners.append(ServiceImport.sourceClusterLabel) }
            metadata.labels = full.labels.filter { owners.contains($0.key) }
        }
        guard keeping.contains(.details) else { return }
        metadata.annotations = full.annotations
        metadata.uid = full.uid
        metadata.creationTime = full.creationTimestamp.time
        metadata.deletionTime = full.deletionTimestamp.time
    }

    /// A Service's name may begin with a digit: the API server allows that since Kubernetes 1.34 (KEP-5311).
    private func checkedName(_ name: String) throws(FieldError) -> String {
        switch resource.kind {
        case .namespace, .service, .serviceImport: try FieldRules.label(name, "metadata.name")
        case .endpointSlice, .pod, .configMap, .secret, .workload: try FieldRules.objectName(name, "metadata.name")
        }
    }
}

extension WireObjectMeta {
    /// `kind/name` of the owner with `controller: true`; empty where there is none.
    var controller: String { ownerReferences.first(where: \.controller).map { "\($0.kind)/\($0.name)" } ?? "" }
}

extension Google_Protobuf_Timestamp {
    /// Seconds since 1970-01-01 UTC; nil for the zero with which Go writes an absent time.
    var time: Int64? { seconds == 0 && nanos == 0 ? nil : seconds }
}
