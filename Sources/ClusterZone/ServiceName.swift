package import ClusterModel
package import DNSWire

/// Names of Services, below `svc` of a zone.
package enum ServiceName {
    /// nil where a label or the whole is over the limits (63 and 255 octets).
    package static func base(of service: ObjectKey, in zone: Name) -> Name? {
        try? zone.prepending("svc").prepending(service.namespace).prepending(service.name).folded
    }
}
